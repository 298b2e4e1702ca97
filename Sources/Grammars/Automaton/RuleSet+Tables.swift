extension RuleSet {
  /// The automaton of all rules, which begins with `root`.
  func automaton(root: Int) throws(GrammarError) -> Automaton {
    let mayBeEmpty = emptyRules()
    var automata: [RuleAutomaton] = []
    var count = 0
    var steps = GrammarLimits.steps
    for graph in graphs {
      automata.append(try RuleAutomaton(graph.skippingEmptyCalls(mayBeEmpty), steps: &steps))
      count += automata[automata.count - 1].states.count
      guard count <= GrammarLimits.states else {
        throw .tooLarge(what: "states", limit: GrammarLimits.states)
      }
    }

    var tables = AutomatonTables()
    let bases = automata.map { automaton in
      let base = Int32(tables.states.count)
      for state in automaton.states { _ = tables.addState(isFinal: state.isFinal) }
      return base
    }
    // Entries copy the edges of starts, so these come first.
    var entries: [StateGraph.Callee: Int32] = [:]
    var copies: [(start: Int32, entry: Int32)] = []
    for (rule, base) in bases.enumerated() {
      let entry = tables.entry(of: base)
      entries[.rule(rule)] = entry
      tables.names[entry] = names[rule]
      if entry != base { copies.append((base, entry)) }
    }
    for (automaton, base) in zip(automata, bases) {
      for (index, state) in automaton.states.enumerated() {
        var calls: [Automaton.Call] = []
        for call in state.calls {
          let start = entries[call.callee] ?? Self.addCounter(call.callee, mayBeEmpty, &entries, &tables)
          calls.append(.init(start: start, back: base + Int32(call.target)))
        }
        let edges = state.edges.map { Automaton.Edge(bytes: $0.bytes, target: base + Int32($0.target)) }
        tables.connect(base + Int32(index), edges, calls)
      }
    }
    for (start, entry) in copies {
      tables.states[Int(entry)].edges = tables.states[Int(start)].edges
      tables.states[Int(entry)].calls = tables.states[Int(start)].calls
    }
    tables.start = bases[root]
    return try Automaton(tables)
  }

  private static func addCounter(
    _ callee: StateGraph.Callee, _ mayBeEmpty: [Bool], _ entries: inout [StateGraph.Callee: Int32],
    _ tables: inout AutomatonTables
  ) -> Int32 {
    guard case .repetition(let rule, let least, let most) = callee, let item = entries[.rule(rule)] else {
      return 0
    }
    let state = tables.addCounter(of: item, least: mayBeEmpty[rule] ? 0 : least, most: most)
    entries[callee] = state
    return state
  }

  /// By rule: whether it derives the empty text.
  private func emptyRules() -> [Bool] {
    var mayBeEmpty = [Bool](repeating: false, count: graphs.count)
    var callers: [[Int]] = Array(repeating: [], count: graphs.count)
    for (rule, graph) in graphs.enumerated() {
      for node in graph.nodes { for call in node.calls { callers[call.callee.rule].append(rule) } }
    }
    var open = Array(graphs.indices)
    while let rule = open.popLast() {
      guard !mayBeEmpty[rule], graphs[rule].mayBeEmpty(mayBeEmpty) else { continue }
      mayBeEmpty[rule] = true
      open += callers[rule]
    }
    return mayBeEmpty
  }
}

extension StateGraph.Callee {
  var rule: Int {
    switch self {
    case .rule(let rule), .repetition(let rule, _, _): rule
    }
  }

  fileprivate func mayBeEmpty(_ rules: [Bool]) -> Bool {
    switch self {
    case .rule(let rule): rules[rule]
    case .repetition(let rule, let least, _): least == 0 || rules[rule]
    }
  }
}

extension StateGraph {
  fileprivate func mayBeEmpty(_ rules: [Bool]) -> Bool {
    var seen: Set<Int> = [Self.start]
    var open = [Self.start]
    while let index = open.popLast() {
      if index == Self.end { return true }
      let skipped = nodes[index].calls.lazy.filter { $0.callee.mayBeEmpty(rules) }.map(\.target)
      for target in nodes[index].silent + skipped where seen.insert(target).inserted { open.append(target) }
    }
    return false
  }

  /// The same with a silent edge beside each call that may read nothing.
  fileprivate func skippingEmptyCalls(_ rules: [Bool]) -> StateGraph {
    var graph = self
    for (index, node) in nodes.enumerated() {
      for call in node.calls where call.callee.mayBeEmpty(rules) {
        graph.addSilent(from: index, to: call.target)
      }
    }
    return graph
  }
}
