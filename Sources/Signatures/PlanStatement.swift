/// What is signed of a plan: one line of text that names the plan by its digest.
///
/// The digest of the contents covers the digest of the weights, and with it the whole plan. The line says what kind of
/// thing is signed and in which version, so that a signature of something else never passes for one of a plan.
public struct PlanStatement: Equatable, Sendable {
  /// The line, with its end.
  public let text: String

  /// The statement about a plan.
  ///
  /// - Parameter contentsDigest: the plan's `contents_digest`, 64 lower-case hexadecimal digits.
  /// - Throws: `noDigest`.
  public init(contentsDigest: String) throws(SignatureError) {
    let digits = Set("0123456789abcdef".utf8)
    guard contentsDigest.utf8.count == 64, contentsDigest.utf8.allSatisfy(digits.contains) else {
      throw .noDigest(contentsDigest)
    }
    text = "espalier.plan 1 \(contentsDigest)\n"
  }

  /// The bytes that are signed: the message, to minisign.
  public var bytes: [UInt8] { Array(text.utf8) }

  /// Where the signature of a plan is kept: beside it, as minisign names it.
  public static func signaturePath(ofPlan path: String) -> String { "\(path).minisig" }
}
