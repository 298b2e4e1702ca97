/// Who signed a message, and what was signed along with it.
public struct VerifiedSignature: Equatable, Sendable {
  /// The trusted key that signed.
  public let key: PublicKey
  /// The comment that it signed too: one line, without control characters but tabs.
  public let trustedComment: String
}
