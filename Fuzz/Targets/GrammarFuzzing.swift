import Grammars

/// Grammars in GBNF and JSON Schemas, and answers drawn by what they accept.
enum GrammarFuzzing {
  /// Reads a grammar, or a schema where the input begins with a brace; what is accepted is followed for a while, and ends
  /// within its budget.
  static func read(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    let isSchema = bytes.first == UInt8(ascii: "{")
    guard let grammar = isSchema ? try? Grammar(jsonSchema: text) : try? Grammar(gbnf: text) else {
      return false
    }
    var choices = ByteReader(bytes.reversed())
    var matcher = GrammarMatcher(grammar, over: vocabulary)
    guard matcher.shortestCompletion <= mostTokens else { return true }
    for remaining in stride(from: min(mostTokens, matcher.shortestCompletion + 40), to: 0, by: -1) {
      let mask = matcher.mask(within: remaining)
      let tokens = (0..<Int32(vocabulary.count)).filter { mask[Int($0) / 64] >> UInt64($0 % 64) & 1 == 1 }
      guard !tokens.isEmpty else { break }
      let isAccepted = matcher.accept(choices.element(tokens))
      precondition(isAccepted, "a token of the mask is refused")
    }
    precondition(matcher.canEnd, "an answer does not end within its budget")
    return true
  }

  private static let mostTokens = 400

  /// All bytes, some pieces of JSON and of characters, and a token that ends.
  private static let vocabulary: TokenVocabulary = {
    let pieces = [
      "\",\"", "\":", "{\"", "[[", "]]", "}}", ", ", "null", "true", "12", "é", "aaa", "\\u00", "\n  ",
    ]
    var tokens: [[UInt8]?] = (0...255).map { [UInt8($0)] }
    tokens += pieces.map { Array($0.utf8) }
    tokens += [[0xC3, 0xA9, 0xC3], [0x9F, 0x22], nil]
    return TokenVocabulary(tokens: tokens, stopTokens: [Int32(tokens.count - 1)])
  }()
}
