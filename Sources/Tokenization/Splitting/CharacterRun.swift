/// Cuts text by what its characters are.
enum CharacterRun {
  /// Each delimiter as a match of its own, and the runs between them.
  static func segments(of text: ArraySlice<UInt8>, _ isDelimiter: (Unicode.Scalar) -> Bool) -> [Segment] {
    var segments: [Segment] = []
    var start = text.startIndex
    forEachScalar(of: text) { scalar, range in
      guard isDelimiter(scalar) else { return }
      if start < range.lowerBound {
        segments.append(Segment(range: start..<range.lowerBound, isMatch: false))
      }
      segments.append(Segment(range: range, isMatch: true))
      start = range.upperBound
    }
    if start < text.endIndex { segments.append(Segment(range: start..<text.endIndex, isMatch: false)) }
    return segments
  }

  /// Runs of word characters, and runs of what is neither that nor white space.
  static func words(of text: ArraySlice<UInt8>) -> [Range<Int>] {
    enum Kind { case word, space, other }
    var ranges: [Range<Int>] = []
    var last = Kind.space
    forEachScalar(of: text) { scalar, range in
      let kind: Kind =
        CharacterClass.isWord(scalar) ? .word : scalar.properties.isWhitespace ? .space : .other
      if kind == last, kind != .space, let run = ranges.popLast() {
        ranges.append(run.lowerBound..<range.upperBound)
      } else if kind != .space {
        ranges.append(range)
      }
      last = kind
    }
    return ranges
  }

  /// Calls `body` with each character of valid UTF-8 and where it is.
  static func forEachScalar(of text: ArraySlice<UInt8>, _ body: (Unicode.Scalar, Range<Int>) -> Void) {
    var position = text.startIndex
    var decoder = UTF8()
    var bytes = text.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&bytes) {
      let end = min(position + UTF8.width(scalar), text.endIndex)
      body(scalar, position..<end)
      position = end
    }
  }
}
