/// A frame of a stack without what lies below it.
struct StackTop: Hashable, Sendable {
  var state: Int32
  /// Turns made, if the state is a counter.
  var count: Int32

  /// Stands for the end of the grammar below all frames.
  static let end = StackTop(state: -1, count: 0)
}

extension StackStore {
  private static let mostKnown = 4

  /// The frames at the top of a stack that say what its next tokens are, and the set below them.
  ///
  /// Where a rule may end, what lies below it may go on behind each token, so the next frame belongs to them as well.
  ///
  /// - Parameter more: frames to add to these.
  func top(of frame: Frame, more: Int) -> (known: [StackTop], below: Int32) {
    var known = [StackTop(state: frame.state, count: frame.count)]
    var last = frame
    var more = more
    while known.count < Self.mostKnown {
      if !automaton.states[Int(last.state)].mayEndSoon {
        guard more > 0 else { break }
        more -= 1
      }
      let next = frames(of: last.below)
      guard next.count == 1, let only = next.first, !only.isEnd else { break }
      known.append(StackTop(state: only.state, count: only.count))
      last = only
    }
    if last.below == Self.end { known.append(.end) }
    return (known, last.below)
  }
}
