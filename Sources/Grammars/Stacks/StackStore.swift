/// Sets of stacks of an automaton, each kept once: equal sets have equal numbers.
///
/// A set is a list of frames, and what lies below a frame is again a set, so that stacks share all that they have in
/// common. A frame names the state to go on in; of the frames of a set, no two have the same state and count.
struct StackStore: Sendable {
  struct Frame: Hashable, Sendable {
    var state: Int32
    /// Turns made, if the state is a counter.
    var count: Int32
    /// The set that lies below.
    var below: Int32

    /// The frame behind the end of the grammar.
    static let end = Frame(state: -1, count: 0, below: -1)

    var isEnd: Bool { state < 0 }

    func isBefore(_ other: Frame) -> Bool { (state, count) < (other.state, other.count) }

    func hasPlace(of other: Frame) -> Bool { state == other.state && count == other.count }
  }

  /// What is known of a set.
  private struct Facts {
    var mayEnd: Bool
    var shortest: Int
    var depth: Int
  }

  /// The set of the one stack that is empty: the grammar is at its end.
  static let end: Int32 = 0
  /// No stack at all.
  static let none: Int32 = -1

  let automaton: Automaton
  private(set) var frames: [Frame] = []
  private var starts: [Int] = [0]
  private var facts: [Facts] = []
  private var buckets: [Int32]
  private var unions: [Pair: Int32] = [:]
  /// Steps taken before.
  var steps: StepCache
  var work = StepWork()
  /// Sets on the way to a node of the tokens' tree, by depth.
  var path: [Int32] = []

  private struct Pair: Hashable {
    var left: Int32
    var right: Int32
  }

  init(_ automaton: Automaton, stepBits: Int) {
    self.automaton = automaton
    buckets = Array(repeating: Self.none, count: 64)
    steps = StepCache(bits: stepBits)
    _ = set(of: CollectionOfOne(Frame.end))
  }

  /// Sets kept.
  var count: Int { facts.count }

  /// The set at the beginning of the grammar.
  mutating func beginning() -> Int32 {
    set(of: CollectionOfOne(Frame(state: automaton.start, count: 0, below: Self.end)))
  }

  func places(of set: Int32) -> Range<Int> { starts[Int(set)]..<starts[Int(set) + 1] }

  func frames(of set: Int32) -> ArraySlice<Frame> { frames[places(of: set)] }

  /// Whether the text may end here.
  func mayEnd(_ set: Int32) -> Bool { facts[Int(set)].mayEnd }

  /// The least number of bytes to the end.
  func shortest(_ set: Int32) -> Int { facts[Int(set)].shortest }

  func depth(_ set: Int32) -> Int { facts[Int(set)].depth }

  /// The set of frames that are in order and apart.
  mutating func set(of new: some Collection<Frame>) -> Int32 {
    var hasher = Hasher()
    for frame in new { hasher.combine(frame) }
    var bucket = hasher.finalize() & (buckets.count - 1)
    while buckets[bucket] != Self.none {
      let known = places(of: buckets[bucket])
      if known.count == new.count, frames[known].elementsEqual(new) { return buckets[bucket] }
      bucket = (bucket + 1) & (buckets.count - 1)
    }
    let number = Int32(facts.count)
    buckets[bucket] = number
    frames += new
    starts.append(frames.count)
    facts.append(makeFacts(of: new))
    if 2 * facts.count > buckets.count { growBuckets() }
    return number
  }

  private func makeFacts(of new: some Collection<Frame>) -> Facts {
    var made = Facts(mayEnd: false, shortest: .endless, depth: 0)
    for frame in new {
      if frame.isEnd {
        made.mayEnd = true
        made.shortest = 0
        continue
      }
      let below = facts[Int(frame.below)]
      if below.mayEnd && automaton.mayEnd(frame.state, frame.count) { made.mayEnd = true }
      made.shortest = min(made.shortest, shortest(frame))
      made.depth = max(made.depth, below.depth + 1)
    }
    return made
  }

  /// The least number of bytes to the end by way of a frame.
  func shortest(_ frame: Frame) -> Int {
    frame.isEnd ? 0 : automaton.least(frame.state, frame.count).saturatingAdd(shortest(frame.below))
  }

  private mutating func growBuckets() {
    buckets = Array(repeating: Self.none, count: 2 * buckets.count)
    for number in facts.indices {
      var hasher = Hasher()
      for frame in frames[places(of: Int32(number))] { hasher.combine(frame) }
      var bucket = hasher.finalize() & (buckets.count - 1)
      while buckets[bucket] != Self.none { bucket = (bucket + 1) & (buckets.count - 1) }
      buckets[bucket] = Int32(number)
    }
  }

  /// The set of all stacks of some frames, of which the nearest to the end are kept if there are too many.
  mutating func merged(_ new: [Frame]) -> Int32 {
    guard new.count > 1 else { return new.first.map { set(of: CollectionOfOne($0)) } ?? Self.none }
    var merged: [Frame] = []
    for frame in new.sorted(by: { $0.isBefore($1) }) {
      if let last = merged.last, last.hasPlace(of: frame) {
        merged[merged.count - 1].below = union(last.below, frame.below)
      } else {
        merged.append(frame)
      }
    }
    if merged.count > GrammarLimits.openStacks {
      merged = merged.sorted { shortest($0) < shortest($1) }.prefix(GrammarLimits.openStacks).sorted {
        $0.isBefore($1)
      }
    }
    return set(of: merged)
  }

  /// The set of the stacks of two sets. It goes down no further than the depth of a stack, which is limited.
  private mutating func union(_ left: Int32, _ right: Int32) -> Int32 {
    if left == right || left < 0 { return right }
    let pair = Pair(left: min(left, right), right: max(left, right))
    if let known = unions[pair] { return known }
    let result = merged(Array(frames(of: left)) + frames(of: right))
    unions[pair] = result
    return result
  }

  /// Forgets all sets but one and those below it, and returns its new number.
  mutating func compact(keeping set: Int32) -> Int32 {
    guard set >= 0 else { return set }
    var isKept = [Bool](repeating: false, count: Int(set) + 1)
    isKept[Int(set)] = true
    for number in stride(from: Int(set), through: 1, by: -1) where isKept[number] {
      for frame in frames(of: Int32(number)) where !frame.isEnd { isKept[Int(frame.below)] = true }
    }
    var fresh = StackStore(automaton, stepBits: steps.bits)
    var numbers = [Int32](repeating: Self.none, count: Int(set) + 1)
    numbers[Int(Self.end)] = Self.end
    for number in 1..<max(1, Int(set) + 1) where isKept[number] {
      // Numbers keep their order, so frames keep theirs.
      let moved = frames(of: Int32(number)).map { frame in
        frame.isEnd ? frame : Frame(state: frame.state, count: frame.count, below: numbers[Int(frame.below)])
      }
      numbers[number] = fresh.set(of: moved)
    }
    self = fresh
    return numbers[Int(set)]
  }
}
