extension StackStore {
  /// The stacks after one more byte, or `none`.
  mutating func step(_ set: Int32, _ byte: UInt8) -> Int32 {
    if let known = steps.next(set, byte) { return known }
    let next = freshStep(set, byte)
    steps.keep(set, byte, next)
    return next
  }

  private mutating func freshStep(_ set: Int32, _ byte: UInt8) -> Int32 {
    work.begin()
    for place in places(of: set) { work.visit(frames[place]) }
    while let frame = work.next() { expand(frame, byte) }
    let next = merged(work.landed)
    // Where stacks are too deep, only what comes nearer to the end is open; something always does.
    if next >= 0, depth(set) > GrammarLimits.depth, shortest(next) >= shortest(set) { return Self.none }
    return next
  }

  private mutating func expand(_ frame: Frame, _ byte: UInt8) {
    let state = automaton.states[Int(frame.state)]
    if let index = state.counter {
      let counter = automaton.counters[index]
      if frame.count < counter.most, state.firsts.contains(byte) {
        // The last turn leaves nothing to come back for.
        let isLast = frame.count + 1 == counter.most
        let turn = Frame(state: frame.state, count: frame.count + 1, below: frame.below)
        enter(counter.item, below: isLast ? frame.below : self.set(of: CollectionOfOne(turn)))
      }
      if automaton.mayEnd(frame.state, frame.count) { leave(frame.below) }
      return
    }
    if state.firsts.contains(byte) {
      for edge in automaton.edges[state.edges] where edge.bytes.contains(byte) {
        land(edge.target, frame.below)
      }
      for call in automaton.calls[state.calls]
      where automaton.states[Int(call.start)].firsts.contains(byte) {
        let isLast = automaton.states[Int(call.back)].isOnlyFinal
        let back = Frame(state: call.back, count: 0, below: frame.below)
        enter(call.start, below: isLast ? frame.below : self.set(of: CollectionOfOne(back)))
      }
    }
    if state.isFinal { leave(frame.below) }
  }

  private mutating func enter(_ state: Int32, below: Int32) {
    work.visit(Frame(state: state, count: 0, below: below))
  }

  private mutating func leave(_ below: Int32) {
    for place in places(of: below) { work.visit(frames[place]) }
  }

  /// A state reached; where its rule is over, what lies below is reached instead.
  private mutating func land(_ state: Int32, _ below: Int32) {
    if automaton.states[Int(state)].isOnlyFinal {
      work.landed += frames(of: below)
    } else {
      work.landed.append(Frame(state: state, count: 0, below: below))
    }
  }

  /// The bytes that may come next.
  mutating func bytes(after set: Int32) -> ByteSet {
    var bytes = ByteSet()
    work.begin()
    for place in places(of: set) { work.visit(frames[place]) }
    while let frame = work.next() {
      let state = automaton.states[Int(frame.state)]
      let isSpent = state.counter.map { frame.count >= automaton.counters[$0].most } ?? false
      if !isSpent { bytes.formUnion(state.firsts) }
      if automaton.mayEnd(frame.state, frame.count) { leave(frame.below) }
    }
    return bytes
  }
}
