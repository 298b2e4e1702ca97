/// A part of a text on its way to tokens: valid UTF-8, and how much of it is the text's very beginning.
struct TextPiece {
  private(set) var bytes: ArraySlice<UInt8>
  /// Whether the piece was cut from where the text begins; some schemes treat that one piece otherwise.
  private(set) var isFirst: Bool
  /// Leading bytes that stem from the first character of the piece as it was cut, however changed since.
  private var fromStart: Int

  /// A whole text, or one that stands behind something else.
  init(_ text: [UInt8], isFirst: Bool = true) {
    bytes = text[...]
    self.isFirst = isFirst
    fromStart = isFirst ? Self.firstCharacterLength(of: text[...]) : 0
  }

  /// The piece that `range`, which counts as `bytes` does, is cut out as.
  func part(_ range: Range<Int>) -> TextPiece {
    var part = trimmed(to: range)
    part.isFirst = isFirst && part.fromStart > 0
    return part
  }

  /// The same piece without what is outside `range`.
  func trimmed(to range: Range<Int>) -> TextPiece {
    var piece = self
    piece.bytes = bytes[range]
    piece.fromStart = max(0, min(range.count, fromStart - (range.lowerBound - bytes.startIndex)))
    return piece
  }

  /// Puts what `change` makes of it in the place of the text.
  mutating func map(_ change: (ArraySlice<UInt8>) -> [UInt8]) {
    let start = bytes.prefix(fromStart)
    let changed = change(bytes)
    fromStart = min(changed.count, start.isEmpty ? 0 : max(1, change(start).count))
    bytes = changed[...]
  }

  /// Puts bytes in front of a piece that is not empty.
  mutating func prepend(_ prefix: [UInt8]) {
    guard !bytes.isEmpty else { return }
    bytes = (prefix + bytes)[...]
    if fromStart > 0 { fromStart += prefix.count }
  }

  /// Takes the matches of `segments`, which cover the piece in order, out and puts `content` in.
  mutating func replace(matchesOf segments: [Segment], with content: [UInt8]) {
    guard segments.contains(where: \.isMatch) else { return }
    var result: [UInt8] = []
    var fromStart = 0
    for segment in segments {
      let start = segment.range.lowerBound - bytes.startIndex
      let end = segment.range.upperBound - bytes.startIndex
      if segment.isMatch {
        result += content
        // What is inserted belongs to the last byte it stands for; in front of all, to the beginning.
        if end == 0 || end <= self.fromStart { fromStart += content.count }
      } else {
        result += bytes[segment.range]
        fromStart += max(0, min(end, self.fromStart) - start)
      }
    }
    bytes = result[...]
    self.fromStart = fromStart
  }

  private static func firstCharacterLength(of text: ArraySlice<UInt8>) -> Int {
    switch text.first {
    case nil: 0
    case .some(..<0xC0): 1
    case .some(..<0xE0): min(2, text.count)
    case .some(..<0xF0): min(3, text.count)
    case .some: min(4, text.count)
    }
  }
}

/// A stretch of text that a pattern matched, or one between matches.
struct Segment: Equatable {
  var range: Range<Int>
  var isMatch: Bool
}
