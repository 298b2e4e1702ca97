/// The automaton of one rule without silent edges; state 0 is its start.
struct RuleAutomaton {
  struct State {
    var edges: [StateGraph.Edge] = []
    var calls: [StateGraph.Call] = []
    var isFinal = false
  }

  private(set) var states: [State] = []

  /// Removes the silent edges of a graph, and makes it deterministic unless it would then be out of proportion.
  ///
  /// The graph is one where calls of rules that may be empty have a silent edge beside them.
  ///
  /// - Parameter steps: steps that all rules of a grammar may take together.
  init(_ graph: StateGraph, steps: inout Int) throws(GrammarError) {
    var closures = SilentClosures(graph)
    if try !determinize(graph, &closures, steps) { try keep(graph, &closures, steps) }
    steps -= closures.steps
  }

  private func check(_ closures: SilentClosures, _ steps: Int) throws(GrammarError) {
    guard closures.steps <= steps else {
      throw .tooLarge(what: "steps to compile it", limit: GrammarLimits.steps)
    }
  }

  /// Tries the subset construction; `false` when it takes too many states.
  private mutating func determinize(
    _ graph: StateGraph, _ closures: inout SilentClosures, _ steps: Int
  ) throws(GrammarError) -> Bool {
    let limit = 256 + 4 * graph.nodes.count
    var open = [closures.closure(of: [Int32(StateGraph.start)])]
    var numbers = [open[0]: 0]
    var byByte = [[Int32]](repeating: [], count: 256)

    func number(of targets: [Int32]) -> Int {
      let nodes = closures.closure(of: targets)
      if let known = numbers[nodes] { return known }
      numbers[nodes] = open.count
      open.append(nodes)
      return open.count - 1
    }

    while states.count < open.count {
      try check(closures, steps)
      guard open.count <= limit else {
        states = []
        return false
      }
      var state = State()
      var order: [StateGraph.Callee] = []
      var byCallee: [StateGraph.Callee: [Int32]] = [:]
      var used = ByteRangeHull()
      for node in open[states.count] {
        if node == StateGraph.end { state.isFinal = true }
        for edge in graph.nodes[Int(node)].edges {
          used.include(edge.bytes)
          for byte in edge.bytes { byByte[Int(byte)].append(Int32(edge.target)) }
        }
        for call in graph.nodes[Int(node)].calls {
          if byCallee[call.callee] == nil { order.append(call.callee) }
          byCallee[call.callee, default: []].append(Int32(call.target))
        }
      }
      if let range = used.range {
        var first = Int(range.lowerBound)
        for byte in Int(range.lowerBound)...Int(range.upperBound) {
          let isLast = byte == Int(range.upperBound) || byByte[byte + 1] != byByte[byte]
          guard isLast else { continue }
          if !byByte[byte].isEmpty {
            let target = number(of: byByte[byte])
            state.edges.append(.init(bytes: UInt8(first)...UInt8(byte), target: target))
          }
          first = byte + 1
        }
        for byte in Int(range.lowerBound)...Int(range.upperBound) {
          byByte[byte].removeAll(keepingCapacity: true)
        }
      }
      for callee in order {
        state.calls.append(.init(callee: callee, target: number(of: byCallee[callee] ?? [])))
      }
      states.append(state)
    }
    return true
  }

  /// Keeps the nodes as they are; several ways may then be open at once.
  private mutating func keep(
    _ graph: StateGraph, _ closures: inout SilentClosures, _ steps: Int
  ) throws(GrammarError) {
    for index in graph.nodes.indices {
      try check(closures, steps)
      var state = State()
      for node in closures.closure(of: [Int32(index)]) {
        if node == StateGraph.end { state.isFinal = true }
        state.edges += graph.nodes[Int(node)].edges
        state.calls += graph.nodes[Int(node)].calls
      }
      states.append(state)
    }
  }
}

/// The least range that has all bytes of some ranges.
private struct ByteRangeHull {
  var range: ClosedRange<UInt8>?

  mutating func include(_ other: ClosedRange<UInt8>) {
    guard let known = range else { return range = other }
    range = min(known.lowerBound, other.lowerBound)...max(known.upperBound, other.upperBound)
  }
}
