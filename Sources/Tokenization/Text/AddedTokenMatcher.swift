import PlanFormat

/// Finds added tokens in text: the leftmost match, of several the longest, as Hugging Face's `tokenizers`.
struct AddedTokenMatcher: Sendable {
  /// A part of a text: a token, or text without tokens.
  enum Part {
    case token(Int32)
    case text(ArraySlice<UInt8>)
  }

  private struct Entry {
    let bytes: [UInt8]
    let token: TokenizerTables.AddedToken
  }

  /// Entries by first byte, longest first.
  private var entries: [[Entry]]

  /// All of `tokens` have text. Of tokens with equal text the later one counts.
  init(_ tokens: [TokenizerTables.AddedToken]) {
    entries = [[Entry]](repeating: [], count: 256)
    for token in tokens {
      let bytes = Array(token.content.utf8)
      guard let first = bytes.first else { continue }
      entries[Int(first)].removeAll { $0.bytes == bytes }
      entries[Int(first)].append(Entry(bytes: bytes, token: token))
    }
    for index in entries.indices { entries[index].sort { $0.bytes.count > $1.bytes.count } }
  }

  /// Splits `text` at added tokens.
  ///
  /// - Parameter includingSpecial: whether control tokens are matched; if not they stay text, while other added
  ///   tokens are matched still. A match that is not taken is passed over as a whole.
  func parts(of text: ArraySlice<UInt8>, includingSpecial: Bool) -> [Part] {
    var parts: [Part] = []
    var taken = text.startIndex
    var position = text.startIndex
    while position < text.endIndex {
      guard
        let entry = entries[Int(text[position])].first(where: { text[position...].starts(with: $0.bytes) })
      else {
        position += 1
        continue
      }
      var start = position
      var end = position + entry.bytes.count
      position = end
      if entry.token.special && !includingSpecial { continue }
      if entry.token.singleWord && !CharacterClass.standsAlone(start..<end, in: text) { continue }
      if entry.token.stripsLeft { start = CharacterClass.whiteSpaceStart(before: start, in: text) }
      if entry.token.stripsRight { end = CharacterClass.whiteSpaceEnd(after: end, in: text) }
      start = max(start, taken)
      if start > taken { parts.append(.text(text[taken..<start])) }
      parts.append(.token(entry.token.id))
      taken = max(end, start)
      position = max(position, taken)
    }
    if taken < text.endIndex { parts.append(.text(text[taken...])) }
    return parts
  }
}
