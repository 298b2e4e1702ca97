internal import Digests

/// HMAC (RFC 2104) and PBKDF2 of one iteration (RFC 8018, section 5.2) with SHA-256, which scrypt consists of besides
/// its own mixing.
enum HMACSHA256 {
  /// The code of a message under a key, 32 bytes.
  static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    var block = key.count > 64 ? digest(key) : key
    block += repeatElement(0, count: 64 - block.count)
    var inner = block.map { $0 ^ 0x36 }
    var outer = block.map { $0 ^ 0x5c }
    defer {
      SecretBytes.wipe(&block)
      SecretBytes.wipe(&inner)
      SecretBytes.wipe(&outer)
    }
    return digest(outer, digest(inner, message))
  }

  /// A key of some length from a password and a salt.
  static func derivedKey(password: [UInt8], salt: [UInt8], length: Int) -> [UInt8] {
    var key: [UInt8] = []
    key.reserveCapacity(length + 31)
    for block in 1...max(1, (length + 31) / 32) {
      let number = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: block >> $0) }
      key += code(of: salt + number, key: password)
    }
    key.removeLast(key.count - length)
    return key
  }

  private static func digest(_ pieces: [UInt8]...) -> [UInt8] {
    var digest = SHA256()
    for piece in pieces { digest.update(piece) }
    return digest.finalized()
  }
}
