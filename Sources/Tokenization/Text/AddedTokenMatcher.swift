import PlanFormat

/// Finds added tokens in text: the leftmost match, of several the longest, as Hugging Face's `tokenizers`.
struct AddedTokenMatcher: Sendable {
  /// A part of a text: a token, or text without tokens.
  enum Part {
    case token(Int32)
    case text(TextPiece)
  }

  private struct Entry {
    let bytes: [UInt8]
    let token: TokenizerTables.AddedToken
  }

  /// Entries by first byte, longest first.
  private var entries: [[Entry]]

  /// Of tokens matched by equal bytes the first one counts; one without bytes never matches.
  init(_ tokens: [(bytes: [UInt8], token: TokenizerTables.AddedToken)]) {
    entries = [[Entry]](repeating: [], count: 256)
    for (bytes, token) in tokens {
      guard let first = bytes.first, !entries[Int(first)].contains(where: { $0.bytes == bytes }) else {
        continue
      }
      entries[Int(first)].append(Entry(bytes: bytes, token: token))
    }
    for index in entries.indices { entries[index].sort { $0.bytes.count > $1.bytes.count } }
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
    while position < bytes.endIndex {
      guard
        let entry = entries[Int(bytes[position])].first(where: { bytes[position...].starts(with: $0.bytes) })
      else {
        position += 1
        continue
      }
      var start = position
      var end = position + entry.bytes.count
      // White space that a token takes with it may still be a token of its own.
      position = end
      if entry.token.special && !includingSpecial { continue }
      if entry.token.singleWord && !CharacterClass.standsAlone(start..<end, in: bytes) { continue }
      if entry.token.stripsLeft {
        start = max(CharacterClass.whiteSpaceStart(before: start, in: bytes), taken)
      }
      if entry.token.stripsRight { end = CharacterClass.whiteSpaceEnd(after: end, in: bytes) }
      if taken < start { parts.append(.text(text.part(taken..<start))) }
      // Nothing of it is left when the one before has taken all.
      if start < end { parts.append(.token(entry.token.id)) }
      taken = end
    }
    if taken < bytes.endIndex { parts.append(.text(text.part(taken..<bytes.endIndex))) }
    return parts
  }
}
