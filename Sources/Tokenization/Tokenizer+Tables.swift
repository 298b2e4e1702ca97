import Plan

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

  /// Bytes of the text that one token may become.
  static let decodedLimit = 1 << 17

  /// Throws where steps of decoding may make more of a token than any text needs: a replacement that replaces what
  /// another one put in, thousands of times.
  static func checkDecoding(of tables: TokenizerTables) throws(TokenizationError) {
    var length = tables.tokens.reduce(1) { max($0, $1.count) }
    for step in tables.decoding {
      let (product, overflow) = length.multipliedReportingOverflow(by: growth(step))
      let joined = if case .join(let text) = step { text.utf8.count } else { 0 }
      guard !overflow, product <= decodedLimit - joined else { throw .decodedTooLong(limit: decodedLimit) }
      length = product + joined
    }
  }

  /// How many times as long a step may make what it is given.
  private static func growth(_ step: DecodingStep) -> Int {
    switch step {
    // A byte that begins no character becomes the three of U+FFFD.
    case .byteLevel: 3
    case .replace(.literal(let text), let content):
      max(1, (content.utf8.count + max(1, text.utf8.count) - 1) / max(1, text.utf8.count))
    case .replace(.expression, let content): content.utf8.count + 1
    case .byteFallback, .fuse, .strip, .metaspace, .join: 1
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

  /// The tokens as the model knows them. An added token of a byte-level vocabulary is found as the text it is, but
  /// merged as the bytes that its characters stand for: `é` is no letter there but the byte 0xE9.
  static func modelTokens(of tables: TokenizerTables) -> [[UInt8]] {
    var tokens = tables.tokens
    guard tables.scheme == .byteLevel else { return tokens }
    for added in tables.addedTokens where added.inVocabulary {
      if let bytes = ByteAlphabet.bytes(of: added.content) { tokens[Int(added.id)] = bytes }
    }
    return tokens
  }

  /// The bytes that an added token is found by and decoded from, as in Hugging Face's `tokenizers`.
  static func matchedText(
    of added: TokenizerTables.AddedToken, _ normalizer: Normalizer, _ budget: inout MatchBudget
  ) throws(TokenizationError) -> [UInt8] {
    let content = Array(added.content.utf8)
    let text = added.normalized ? try normalizer.normalized(content, &budget) : content
    // The original finds a token that normalising takes all text from between any two characters.
    guard !text.isEmpty else { throw .invalidAddedToken(id: added.id) }
    return text
  }
}
