internal import Signatures

/// A secret key of Ed25519 (RFC 8032, section 5.1.5).
struct SigningKey: Sendable {
  /// 32 bytes from which everything follows.
  private let seed: SecretBytes
  /// The public key.
  let verifyingKey: VerifyingKey

  /// A key from its seed of 32 bytes; nil for a seed of another length.
  init?(seed: [UInt8]) {
    guard seed.count == 32 else { return nil }
    self.seed = SecretBytes(seed)
    let publicBytes = Self.expanding(seed) { scalar, _ in Point.base(times: scalar).bytes }
    guard let key = VerifyingKey(publicBytes) else { return nil }
    verifyingKey = key
  }

  /// The signature of a message (section 5.1.6), 64 bytes; the same for the same message.
  func signature(of message: [UInt8]) -> [UInt8] {
    seed.withBytes { seed in
      Self.expanding(seed) { scalar, prefix in
        var input = prefix + message
        var drawn = SHA512.digest(of: input)
        defer {
          SecretBytes.wipe(&input)
          SecretBytes.wipe(&drawn)
        }
        let r = Scalar(reducing: drawn)
        let first = Point.base(times: r).bytes
        let k = Scalar(reducing: SHA512.digest(of: first + verifyingKey.bytes + message))
        return first + k.times(scalar, plus: r).bytes
      }
    }
  }

  /// Lends the scalar and the prefix of a seed.
  private static func expanding<Result>(_ seed: [UInt8], _ body: (Scalar, [UInt8]) -> Result) -> Result {
    var digest = SHA512.digest(of: seed)
    var prefix = Array(digest[32...])
    digest.removeLast(32)
    digest[0] &= 0xf8
    digest[31] = digest[31] & 0x7f | 0x40
    defer {
      SecretBytes.wipe(&digest)
      SecretBytes.wipe(&prefix)
    }
    return body(Scalar(unreduced: digest), prefix)
  }
}
