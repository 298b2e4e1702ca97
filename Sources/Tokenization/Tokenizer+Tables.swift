import PlanFormat

extension Tokenizer {
  /// Throws unless `source` is a regular expression that steps may have.
  public static func checkExpression(_ source: String) throws(TokenizationError) { _ = try Pattern(source) }

  /// Throws unless the token of unknown characters exists and added tokens have a text and an id.
  static func checkTokens(of tables: TokenizerTables) throws(TokenizationError) {
    let count = tables.tokens.count
    for added in tables.addedTokens where added.content.isEmpty || !(0..<count).contains(Int(added.id)) {
      throw .invalidAddedToken(id: added.id)
    }
    guard (-1..<count).contains(tables.unknownToken) else {
      throw .unknownToken(id: Int32(clamping: tables.unknownToken))
    }
    if tables.scheme == .characters,
      let id = tables.tokens.firstIndex(where: { String(validating: $0, as: UTF8.self) == nil })
    {
      throw .invalidText(id: Int32(clamping: id))
    }
  }

  /// Throws unless every merge joins two tokens into the token of their joined bytes.
  static func checkMerges(of tables: TokenizerTables) throws(TokenizationError) {
    let tokens = tables.tokens
    for (rank, merge) in tables.merges.enumerated() {
      let ids = [merge.left, merge.right, merge.result]
      guard ids.allSatisfy({ (0..<tokens.count).contains(Int($0)) }) else { throw .invalidMerge(rank: rank) }
      let left = tokens[Int(merge.left)]
      let right = tokens[Int(merge.right)]
      let result = tokens[Int(merge.result)]
      guard !left.isEmpty, !right.isEmpty, result.count == left.count + right.count,
        result.starts(with: left), result.dropFirst(left.count).elementsEqual(right)
      else { throw .invalidMerge(rank: rank) }
    }
  }

  /// The bytes that an added token is found by and decoded from, as in Hugging Face's `tokenizers`.
  static func matchedText(
    of added: TokenizerTables.AddedToken, _ normalizer: Normalizer
  ) throws(TokenizationError) -> [UInt8] {
    let content = Array(added.content.utf8)
    return added.normalized ? try normalizer.normalized(content) : content
  }
}
