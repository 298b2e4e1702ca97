/// The tokens of a model by their bytes, made once and shared by all that constrains its answers.
///
/// An answer can always be completed byte by byte if each byte is a token of its own, as in byte-level vocabularies. In
/// others a grammar may come to where no token fits, see `bytesWithoutToken`.
public struct TokenVocabulary: Sendable {
  let trie: TokenTrie
  /// By id.
  private let tokens: [[UInt8]?]
  let stopTokens: Set<Int32>
  /// Bytes of the longest token.
  let longest: Int

  /// Creates a vocabulary.
  ///
  /// - Parameters:
  ///   - tokens: by id, the bytes that a token adds to the text. Control tokens have none and are never allowed; neither is
  ///     a token that adds no bytes.
  ///   - stopTokens: tokens that end an answer, allowed exactly where the grammar may end.
  public init(tokens: [[UInt8]?], stopTokens: Set<Int32>) {
    self.stopTokens = stopTokens.filter { $0 >= 0 && Int($0) < tokens.count }
    var plain = tokens
    for id in self.stopTokens { plain[Int(id)] = nil }
    self.tokens = plain
    trie = TokenTrie(plain)
    longest = plain.lazy.map { $0?.count ?? 0 }.max() ?? 0
  }

  /// Number of ids.
  public var count: Int { tokens.count }

  /// Words of 64 bits that a mask takes: bit `id % 64` of word `id / 64` stands for token `id`.
  public var maskWords: Int { (tokens.count + 63) / 64 }

  /// Bytes that are no token by themselves. What only they can complete may stay incomplete.
  public var bytesWithoutToken: [UInt8] {
    let single = Set(tokens.lazy.compactMap { $0?.count == 1 ? $0?[0] : nil })
    return (0...UInt8.max).filter { !single.contains($0) }
  }

  /// What a token adds to the text; `nil` for one that never may.
  func bytes(of token: Int32) -> [UInt8]? {
    guard token >= 0, Int(token) < tokens.count, let bytes = tokens[Int(token)], !bytes.isEmpty else {
      return nil
    }
    return bytes
  }
}
