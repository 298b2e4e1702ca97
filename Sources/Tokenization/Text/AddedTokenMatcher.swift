import Plan

/// Finds added tokens in text: the leftmost match, of several the longest, as Hugging Face's `tokenizers`.
struct AddedTokenMatcher: Sendable {
  /// A part of a text: a token, or text without tokens.
  enum Part {
    case token(Int32)
    case text(TextPiece)
  }

  private let tokens: [TokenizerTables.AddedToken]
  private let table: PrefixTable

  /// Of tokens matched by equal bytes the first one counts; one without bytes never matches.
  init(_ tokens: [(bytes: [UInt8], token: TokenizerTables.AddedToken)]) {
    self.tokens = tokens.map(\.token)
    table = PrefixTable(tokens.map(\.bytes))
  }

  /// Splits `text` at added tokens.
  ///
  /// - Parameter includingSpecial: whether control tokens are matched; if not they stay text, while other added
  ///   tokens are matched still. A match that is not taken is passed over as a whole.
  func parts(of text: TextPiece, includingSpecial: Bool) -> [Part] {
    let bytes = text.bytes
    var parts: [Part] = []
    var taken = bytes.startIndex
    var position = bytes.startIndex
    // Up to where there is nothing but white space behind the last place that was looked at.
    var spaceEnd = bytes.startIndex
    while position < bytes.endIndex {
      guard let match = table.longest(in: bytes, at: position) else {
        position += 1
        continue
      }
      let token = tokens[match.index]
      var start = position
      var end = position + match.count
      // White space that a token takes with it may still be a token of its own.
      position = end
      if token.special && !includingSpecial { continue }
      if token.singleWord && !CharacterClass.standsAlone(start..<end, in: bytes) { continue }
      if token.stripsLeft {
        start = max(CharacterClass.whiteSpaceStart(before: start, in: bytes, from: taken), taken)
      }
      if token.stripsRight {
        // Tokens that are white space themselves would look for the same end again and again.
        if end >= spaceEnd { spaceEnd = CharacterClass.whiteSpaceEnd(after: end, in: bytes) }
        end = max(end, spaceEnd)
      }
      if taken < start { parts.append(.text(text.part(taken..<start))) }
      // Nothing of it is left when the one before has taken all.
      if start < end { parts.append(.token(token.id)) }
      taken = end
    }
    if taken < bytes.endIndex { parts.append(.text(text.part(taken..<bytes.endIndex))) }
    return parts
  }
}
