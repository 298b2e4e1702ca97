extension AutomatonTables {
  /// Finds the least number of bytes from each state to the end of its rule, nearest states first.
  mutating func measure() {
    var sources = Sources(self)
    var queue = DistanceQueue()
    for index in states.indices where states[index].isFinal { queue.push(0, Int32(index)) }
    while let (distance, state) = queue.pop() {
      guard states[Int(state)].least == .endless else { continue }
      states[Int(state)].least = distance
      for source in sources.edges.take(state) { offer(distance + 1, source, &queue) }
      for call in sources.calls.take(state) {
        // Both halves of a call must be known; the later of them completes it.
        let (entered, back) = (
          states[Int(calls[call.place].start)].least, states[Int(calls[call.place].back)].least
        )
        if entered < .endless && back < .endless { offer(entered.saturatingAdd(back), call.source, &queue) }
      }
      for counter in sources.counters.take(state) {
        guard let index = states[Int(counter)].counter else { continue }
        counters[index].itemLeast = distance
        offer(distance.saturatingMultiply(max(1, Int(counters[index].least))), counter, &queue)
      }
    }
  }

  private func offer(_ distance: Int, _ state: Int32, _ queue: inout DistanceQueue) {
    guard distance < .endless, states[Int(state)].least == .endless else { return }
    queue.push(distance, state)
  }

  /// Drops the edges and calls from which no end is reached.
  mutating func prune() {
    func isOpen(_ state: Int32) -> Bool { states[Int(state)].least < .endless }
    var kept = AutomatonTables()
    for (index, state) in states.enumerated() {
      let (firstEdge, firstCall) = (kept.edges.count, kept.calls.count)
      kept.edges += edges[state.edges].filter { isOpen($0.target) }
      kept.calls += calls[state.calls].filter { isOpen($0.start) && isOpen($0.back) }
      states[index].edges = firstEdge..<kept.edges.count
      states[index].calls = firstCall..<kept.calls.count
    }
    edges = kept.edges
    calls = kept.calls
  }
}

/// What leads to each state.
private struct Sources {
  var edges: Lists<Int32>
  var calls: Lists<(source: Int32, place: Int)>
  var counters: Lists<Int32>

  /// Lists by state, each of which is taken once.
  struct Lists<Element> {
    private var lists: [[Element]]

    init(count: Int) { lists = Array(repeating: [], count: count) }

    mutating func append(_ element: Element, to state: Int32) { lists[Int(state)].append(element) }

    mutating func take(_ state: Int32) -> [Element] {
      defer { lists[Int(state)] = [] }
      return lists[Int(state)]
    }
  }

  init(_ tables: AutomatonTables) {
    let count = tables.states.count
    edges = Lists(count: count)
    calls = Lists(count: count)
    counters = Lists(count: count)
    for (index, state) in tables.states.enumerated() {
      let source = Int32(index)
      for edge in tables.edges[state.edges] { edges.append(source, to: edge.target) }
      for place in state.calls {
        calls.append((source, place), to: tables.calls[place].start)
        calls.append((source, place), to: tables.calls[place].back)
      }
      if let counter = state.counter { counters.append(source, to: tables.counters[counter].item) }
    }
  }
}
