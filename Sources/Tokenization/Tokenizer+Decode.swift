extension Tokenizer {
  /// The bytes a token stands for; none for ids without a token.
  public func bytes(of id: Int32) -> [UInt8] {
    tokens.indices.contains(Int(id)) ? tokens[Int(id)] : []
  }

  /// The text of tokens; what is no UTF-8 when joined becomes U+FFFD.
  ///
  /// - Parameter skippingSpecialTokens: whether control tokens are left out.
  public func decode(_ ids: [Int32], skippingSpecialTokens: Bool = true) -> String {
    var bytes: [UInt8] = []
    for id in ids where !(skippingSpecialTokens && specialTokens.contains(id)) { bytes += self.bytes(of: id) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
