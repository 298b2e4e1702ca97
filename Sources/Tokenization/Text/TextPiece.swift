/// A part of a text on its way to tokens: valid UTF-8, and how much of it is the text's very beginning.
struct TextPiece {
  var bytes: ArraySlice<UInt8>
  /// Leading bytes that stem from the first character of the whole text, however it was changed since.
  ///
  /// A replacement character is put in front of the first piece alone under some schemes, and the first piece
  /// is the one whose first byte stems from there.
  var fromStart: Int

  /// A whole text.
  init(_ text: [UInt8]) {
    bytes = text[...]
    fromStart = Self.firstCharacterLength(of: text[...])
  }

  private init(bytes: ArraySlice<UInt8>, fromStart: Int) {
    self.bytes = bytes
    self.fromStart = fromStart
  }

  /// The part in `range`, which counts as `bytes` does.
  func part(_ range: Range<Int>) -> TextPiece {
    let skipped = range.lowerBound - bytes.startIndex
    return TextPiece(bytes: bytes[range], fromStart: max(0, min(range.count, fromStart - skipped)))
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
        // What is inserted belongs to the last byte it stands for.
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
