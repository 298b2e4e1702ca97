internal import Signatures

/// The 158 bytes of minisign's secret key, as they stand in the file:
///
/// | bytes | what |
/// |---|---|
/// | 2 | `Ed` |
/// | 2 | `Sc` where the last 104 bytes are encrypted, 0 0 where they are not |
/// | 2 | `B2` |
/// | 32 | salt |
/// | 8, 8 | limits of operations and of memory of scrypt |
/// | 8, 64, 32 | number of the key; seed and public key; checksum |
///
/// The last 104 bytes are encrypted by the exclusive or with as many bytes from scrypt.
struct SecretKeyFile {
  /// Costs and salt, where the key is encrypted.
  private(set) var encryption: (costs: Scrypt, salt: [UInt8])?
  /// Number, seed, public key and checksum, encrypted or not.
  var content: [UInt8]

  /// Largest file of a secret key.
  static let sizeLimit = 4096
  private static let size = 158

  /// Reads the bytes of a file: a comment and a line of base64.
  init(_ bytes: [UInt8], file: String) throws(SigningError) {
    let lines = TextLines(bytes).lines
    guard let comment = lines.first, comment.starts(with: "untrusted comment: ".utf8) else {
      throw .malformed(file: file, line: 1, reason: "does not begin with 'untrusted comment: '")
    }
    guard lines.count > 1 else { throw .malformed(file: file, line: 2, reason: "is missing") }
    guard lines.count == 2 else {
      throw .malformed(file: file, line: 3, reason: "is one too many: a secret key has two lines")
    }
    guard var key = Base64.decode(lines[1]) else {
      throw .malformed(file: file, line: 2, reason: "is no base64")
    }
    defer { SecretBytes.wipe(&key) }
    guard key.count == Self.size else {
      throw .malformed(
        file: file, line: 2, reason: "has \(key.count) bytes, where a secret key has \(Self.size)")
    }
    guard key.starts(with: "Ed".utf8), key[4..<6].elementsEqual("B2".utf8) else {
      throw .malformed(file: file, line: 2, reason: "is no secret key of minisign")
    }
    content = Array(key[54...])
    switch (key[2], key[3]) {
    case (0, 0): encryption = nil
    case (UInt8(ascii: "S"), UInt8(ascii: "c")):
      let operations = UInt64(littleEndian: key, at: 38)
      let memory = UInt64(littleEndian: key, at: 46)
      guard let costs = Scrypt(operationLimit: operations, memoryLimit: memory) else {
        throw .tooExpensive(file: file)
      }
      encryption = (costs, Array(key[6..<38]))
    default: throw .malformed(file: file, line: 2, reason: "is encrypted in an unknown way")
    }
  }

  /// Decrypts the content.
  mutating func decrypt(with password: SecretBytes, file: String) throws(SigningError) {
    guard let (costs, salt) = encryption else { return }
    let key = password.withBytes { costs.derivedKey(password: $0, salt: salt, length: content.count) }
    guard var key else { throw .outOfMemory(file: file, bytes: costs.memory) }
    for index in content.indices { content[index] ^= key[index] }
    SecretBytes.wipe(&key)
  }

  /// Whether the checksum is that of the content: BLAKE2b of 32 bytes over the algorithm, the number and the key.
  /// Without a password minisign writes zeros for it.
  var isIntact: Bool {
    let checksum = content[72...]
    if encryption == nil && checksum.allSatisfy({ $0 == 0 }) { return true }
    var summed = Array("Ed".utf8) + content[..<72]
    defer { SecretBytes.wipe(&summed) }
    return checksum.elementsEqual(BLAKE2b.digest(of: summed, length: 32))
  }
}
