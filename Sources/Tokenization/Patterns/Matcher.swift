import Plan

/// Finds what a step looks for.
enum Matcher: Sendable {
  case literal([UInt8])
  case expression(Pattern)

  init(_ pattern: TextPattern) throws(TokenizationError) {
    switch pattern {
    case .literal(let text): self = .literal(Array(text.utf8))
    case .expression(let source): self = .expression(try Pattern(source))
    }
  }

  /// Matches and what is between them, in order, together the whole text.
  func segments(
    of text: ArraySlice<UInt8>, _ budget: inout MatchBudget
  ) throws(TokenizationError) -> [Segment] {
    switch self {
    case .literal(let bytes): Self.segments(of: text, at: bytes)
    case .expression(let pattern): try pattern.segments(of: text, &budget)
    }
  }

  private static func segments(of text: ArraySlice<UInt8>, at bytes: [UInt8]) -> [Segment] {
    guard let first = bytes.first else { return [Segment(range: text.indices, isMatch: false)] }
    var segments: [Segment] = []
    var end = text.startIndex
    var position = text.startIndex
    while position < text.endIndex {
      guard text[position] == first, text[position...].starts(with: bytes) else {
        position += 1
        continue
      }
      if end < position { segments.append(Segment(range: end..<position, isMatch: false)) }
      end = position + bytes.count
      segments.append(Segment(range: position..<end, isMatch: true))
      position = end
    }
    if end < text.endIndex { segments.append(Segment(range: end..<text.endIndex, isMatch: false)) }
    return segments
  }
}
