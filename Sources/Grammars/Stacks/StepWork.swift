/// Frames to look at, each once, and frames found: the notes of one step, kept so that their memory is.
struct StepWork: Sendable {
  private(set) var open: [StackStore.Frame] = []
  private var seen: [StackStore.Frame] = []
  private var isSeen: Set<StackStore.Frame> = []
  var landed: [StackStore.Frame] = []

  private static let mostWithoutSet = 32

  mutating func begin() {
    open.removeAll(keepingCapacity: true)
    seen.removeAll(keepingCapacity: true)
    if !isSeen.isEmpty { isSeen.removeAll(keepingCapacity: true) }
    landed.removeAll(keepingCapacity: true)
  }

  mutating func visit(_ frame: StackStore.Frame) {
    guard !frame.isEnd else { return }
    if seen.count < Self.mostWithoutSet {
      guard !seen.contains(frame) else { return }
      seen.append(frame)
      if seen.count == Self.mostWithoutSet { isSeen = Set(seen) }
    } else {
      guard isSeen.insert(frame).inserted else { return }
    }
    open.append(frame)
  }

  mutating func next() -> StackStore.Frame? { open.popLast() }
}
