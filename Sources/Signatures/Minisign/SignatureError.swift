/// Why nothing is believed: a file that is no signature or no keys, or a signature that does not hold.
public enum SignatureError: Error, Equatable, Sendable {
  /// There is no signature file.
  case missing(file: String)
  /// A file cannot be read.
  case unreadable(file: String, reason: String)
  /// A line of a file is not what it should be.
  case malformed(file: String, line: Int, reason: String)
  /// A file of keys has none.
  case noKeys(file: String)
  /// The signature names a key that is not among the trusted ones.
  case unknownKey(file: String, id: KeyID)
  /// The signature is not the named key's signature of the message.
  case mismatch(file: String, id: KeyID)
  /// The signature holds, but its trusted comment is not what was signed with it.
  case alteredComment(file: String, id: KeyID)
  /// A text that should be a SHA-256 digest is none.
  case noDigest(String)
}

extension SignatureError: CustomStringConvertible {
  /// One line: the file and the reason.
  public var description: String {
    switch self {
    case .missing(let file): "\(file): there is no signature"
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .malformed(let file, let line, let reason): "\(file): line \(line) \(reason)"
    case .noKeys(let file): "\(file): has no public key"
    case .unknownKey(let file, let id): "\(file): the signature is by key \(id), which is not trusted"
    case .mismatch(let file, let id):
      "\(file): the signature does not match: key \(id) did not sign these contents"
    case .alteredComment(let file, let id):
      "\(file): the trusted comment was altered: it is not what key \(id) signed"
    case .noDigest(let text): "'\(text)' is no SHA-256 digest in lower-case hexadecimal"
    }
  }
}
