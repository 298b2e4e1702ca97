extension SignatureFile {
  /// Checks that a trusted key signed a message, and with it the trusted comment.
  ///
  /// Keys of the same number are all tried.
  ///
  /// - Returns: the key, and the comment that can now be trusted.
  /// - Throws: `unknownKey`, `mismatch` or `alteredComment`.
  public func verify(_ message: [UInt8], with trusted: TrustedKeys) throws(SignatureError)
    -> VerifiedSignature
  {
    let candidates = trusted.keys.filter { $0.id == keyID }
    guard !candidates.isEmpty else { throw .unknownKey(file: file, id: keyID) }
    let signed = algorithm.signedBytes(of: message)
    guard let signer = candidates.first(where: { $0.key.isValid(signature, of: signed) }) else {
      throw .mismatch(file: file, id: keyID)
    }
    guard signer.key.isValid(globalSignature, of: signature + Array(trustedComment.utf8)) else {
      throw .alteredComment(file: file, id: keyID)
    }
    return VerifiedSignature(key: signer, trustedComment: trustedComment)
  }
}
