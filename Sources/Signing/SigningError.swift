/// Why nothing was signed.
public enum SigningError: Error, Equatable, Sendable {
  /// A file cannot be read.
  case unreadable(file: String, reason: String)
  /// A line of a secret key is not what it should be.
  case malformed(file: String, line: Int, reason: String)
  /// The key is encrypted so that opening it would take more time or memory than minisign itself ever asks for.
  case tooExpensive(file: String)
  /// The memory that opening an encrypted key takes is not there.
  case outOfMemory(file: String, bytes: Int)
  /// The key does not open: the password is another one, or the file is damaged.
  case wrongPassword(file: String)
  /// There is no password, for a reason.
  case noPassword(String)
  /// A comment does not fit on a line of a signature file.
  case comment(String)
}

extension SigningError: CustomStringConvertible {
  /// One line: the file and the reason.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .malformed(let file, let line, let reason): "\(file): line \(line) \(reason)"
    case .tooExpensive(let file):
      "\(file): is encrypted at a cost beyond that of minisign: more than 1 GiB of memory or its time"
    case .outOfMemory(let file, let bytes): "\(file): needs \(bytes >> 20) MiB of memory to be decrypted"
    case .wrongPassword(let file): "\(file): the password is wrong, or the file is damaged"
    case .noPassword(let reason): "no password: \(reason)"
    case .comment(let reason): "the comment \(reason)"
    }
  }
}
