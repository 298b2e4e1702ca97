/// A signature in minisign's form: four lines, of which the second signs a message, and the fourth that and the third.
///
/// ```
/// untrusted comment: anything
/// base64 of algorithm, number of the key, signature
/// trusted comment: anything
/// base64 of the signature of the signature and the comment
/// ```
public struct SignatureFile: Equatable, Sendable {
  /// What of a message is signed.
  public enum Algorithm: String, Sendable {
    /// The message itself: what minisign calls legacy.
    case plain = "Ed"
    /// The message's BLAKE2b digest of 64 bytes.
    case hashed = "ED"

    /// The bytes that are signed for a message.
    package func signedBytes(of message: [UInt8]) -> [UInt8] {
      switch self {
      case .plain: message
      case .hashed: BLAKE2b.digest(of: message)
      }
    }
  }

  /// The name that errors give the file.
  public let file: String
  /// What of the message is signed.
  public let algorithm: Algorithm
  /// The key that is said to have signed.
  public let keyID: KeyID
  /// The trusted comment, which is to be trusted only when `verify(_:with:)` returns it.
  let trustedComment: String
  /// 64 bytes that sign the message.
  let signature: [UInt8]
  /// 64 bytes that sign `signature` and the trusted comment.
  let globalSignature: [UInt8]

  /// A signature from its parts; `trustedComment` is a text that `TrustedComment` lets pass.
  package init(
    file: String, algorithm: Algorithm, keyID: KeyID, trustedComment: String, signature: [UInt8],
    globalSignature: [UInt8]
  ) {
    (self.file, self.algorithm, self.keyID) = (file, algorithm, keyID)
    (self.trustedComment, self.signature, self.globalSignature) = (trustedComment, signature, globalSignature)
  }

  /// The text of the file.
  ///
  /// - Parameter comment: the untrusted comment, one line.
  package func text(comment: String) -> String {
    let signed = Array(algorithm.rawValue.utf8) + keyID.bytes + signature
    return """
      \(Self.commentPrefix)\(comment)
      \(Base64.encode(signed))
      \(Self.trustedCommentPrefix)\(trustedComment)
      \(Base64.encode(globalSignature))

      """
  }

  static let commentPrefix = "untrusted comment: "
  static let trustedCommentPrefix = "trusted comment: "
}
