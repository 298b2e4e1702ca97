import Plan

extension SplitBehavior {
  /// The pieces that matches and what is between them become.
  func ranges(of segments: [Segment]) -> [Range<Int>] {
    switch self {
    case .isolated: segments.map(\.range)
    case .removed: segments.lazy.filter { !$0.isMatch }.map(\.range)
    case .contiguous: Self.joined(segments) { $0 == $1 }
    case .mergedWithPrevious: Self.joined(segments) { !$0 && $1 }
    case .mergedWithNext: Self.joined(segments.reversed()) { !$0 && $1 }.reversed()
    }
  }

  /// Joins a segment to the one before it where `joins`, told whether each is a match, says so. Before the
  /// first there is none, which counts as no match.
  private static func joined(_ segments: [Segment], _ joins: (Bool, Bool) -> Bool) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var previous = false
    for segment in segments {
      if joins(previous, segment.isMatch), let last = ranges.last {
        let (low, high) = (segment.range.lowerBound, segment.range.upperBound)
        ranges[ranges.count - 1] = min(last.lowerBound, low)..<max(last.upperBound, high)
      } else {
        ranges.append(segment.range)
      }
      previous = segment.isMatch
    }
    return ranges
  }
}
