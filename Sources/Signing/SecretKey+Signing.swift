public import Signatures

extension SecretKey {
  /// The public key that belongs to it.
  public var publicKey: PublicKey { PublicKey(id: id, key: key.verifyingKey) }

  /// Signs a message as minisign does: the BLAKE2b digest of the message, then that signature with the trusted comment.
  ///
  /// - Parameters:
  ///   - message: what is signed, such as the bytes of a `PlanStatement`.
  ///   - trustedComment: one line that is signed too.
  ///   - comment: one line that is not signed.
  /// - Returns: the text of the signature file.
  /// - Throws: `comment`.
  public func sign(
    _ message: [UInt8], trustedComment: String, comment: String = "signature from minisign secret key"
  ) throws(SigningError) -> String {
    guard TrustedComment.isPrintable(trustedComment), TrustedComment.isPrintable(comment) else {
      throw .comment("has control characters")
    }
    guard trustedComment.utf8.count <= TrustedComment.sizeLimit, comment.utf8.count <= Self.commentLimit
    else {
      throw .comment("is longer than minisign reads")
    }
    let algorithm = SignatureFile.Algorithm.hashed
    let signature = key.signature(of: algorithm.signedBytes(of: message))
    return SignatureFile(
      file: "", algorithm: algorithm, keyID: id, trustedComment: trustedComment, signature: signature,
      globalSignature: key.signature(of: signature + Array(trustedComment.utf8))
    ).text(comment: comment)
  }

  /// Most bytes of an untrusted comment that minisign reads.
  static let commentLimit = 1004
}
