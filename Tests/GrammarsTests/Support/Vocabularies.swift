import Testing

@testable import Grammars

/// Small vocabularies for tests: all bytes, and tokens of several bytes.
enum Vocabularies {
  /// A control token, which adds nothing, behind the bytes.
  static let control: Int32 = 256
  /// The token that ends answers.
  static let stop: Int32 = 257

  /// All bytes by their number, the control token and the stop token.
  static let bytes: [[UInt8]?] = (0...255).map { [UInt8($0)] } + [nil, nil]

  private static let pieces = [
    "\"", "\",", "\":", "\": ", "{\"", "\"}", "\"},", "\"]", "[", "[[", "]]", "]}", "}}", "{}", "[]", "[]}",
    ", ", ", \"", "\",\"",
    "\":\"", ":{\"", ":[", "null", "true", "false", "nul", "tru", "\n", "\n  ", "\n    ", "  ", "-1", "0.",
    "12", "123", "1e", "e-", "00",
    "99", "the", " the", "a", "ab", "abc", "aa", "aaaa", "name", "id", "value", "\\\"", "\\n", "\\u", "\\u00",
    "é", "größe", "日本", "😀", "xyz\"", "b\",\"c",
    "-", "2024-", "T12:", "x", "y", "<tool", "_call>", "call>{", "<", ">", "1,", "2]", "3}", "ed", "red",
    "light",
  ]

  /// Bytes, pieces of JSON, and merges of them drawn by a seed, some of which begin or end within a character.
  static func merged(seed: UInt64, count: Int) -> TokenVocabulary {
    var generator = SeededGenerator(seed)
    var tokens = bytes
    tokens += pieces.map { Array($0.utf8) }
    tokens += [[0xC3], [0xA9, 0x22], [0xE6, 0x97], [0xA5, 0xE6, 0x9C], [0x9F, 0x98, 0x80], [0xF0, 0x9F]]
    tokens.append([])
    while tokens.count < count {
      let left = tokens[generator.index(below: tokens.count)] ?? []
      let right = tokens[generator.index(below: tokens.count)] ?? []
      if (1...12).contains(left.count + right.count) { tokens.append(left + right) }
    }
    return TokenVocabulary(tokens: tokens, stopTokens: [stop])
  }

  static let onlyBytes = TokenVocabulary(tokens: bytes, stopTokens: [stop])
}

extension [UInt64] {
  /// The tokens of a mask.
  var tokens: [Int32] {
    enumerated().flatMap { index, word in
      (0..<64).filter { word >> UInt64($0) & 1 == 1 }.map { Int32(64 * index + $0) }
    }
  }
}

extension Grammar {
  /// Whether a text is in the language.
  func accepts(_ text: String) -> Bool { accepts(Array(text.utf8)) }

  func accepts(_ bytes: [UInt8]) -> Bool {
    var matcher = GrammarMatcher(self, over: Vocabularies.onlyBytes)
    return matcher.accept(bytes: bytes) && matcher.canEnd
  }
}

extension GrammarMatcher {
  /// The tokens allowed next.
  var allowed: [Int32] { allowed(within: nil) }

  func allowed(within remaining: Int?) -> [Int32] {
    var copy = self
    return copy.mask(within: remaining).tokens
  }

  /// Goes on with a text that must be allowed.
  mutating func follow(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let isAccepted = accept(bytes: Array(text.utf8))
    #expect(isAccepted, "\(text)", sourceLocation: sourceLocation)
  }

  /// Goes on with a token that must be allowed.
  mutating func follow(_ token: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
    let isAccepted = accept(token)
    #expect(isAccepted, "token \(token)", sourceLocation: sourceLocation)
  }

  /// Tries a token that must not be allowed.
  mutating func refuse(_ token: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
    let isAccepted = accept(token)
    #expect(!isAccepted, "token \(token)", sourceLocation: sourceLocation)
  }
}
