/// Rules as they are put together, before they become one automaton.
struct RuleSet {
  private(set) var names: [String] = []
  private(set) var graphs: [StateGraph] = []
  private var nodes = 0

  /// A rule that is to be defined later.
  mutating func declare(_ name: String) throws(GrammarError) -> Int {
    guard names.count < GrammarLimits.rules else {
      throw .tooLarge(what: "rules", limit: GrammarLimits.rules)
    }
    names.append(name)
    graphs.append(StateGraph())
    return names.count - 1
  }

  mutating func define(_ rule: Int, _ expression: Expression) throws(GrammarError) {
    var graph = StateGraph()
    try add(expression, to: &graph, from: StateGraph.start, to: StateGraph.end)
    try define(rule, graph)
  }

  mutating func define(_ rule: Int, _ graph: StateGraph) throws(GrammarError) {
    graphs[rule] = graph
    nodes += graph.nodes.count
    try check(nodes)
  }

  private func check(_ count: Int) throws(GrammarError) {
    guard count <= GrammarLimits.states else {
      throw .tooLarge(what: "states", limit: GrammarLimits.states)
    }
  }

  /// Adds what an expression derives between two nodes.
  mutating func add(
    _ expression: Expression, to graph: inout StateGraph, from: Int, to: Int
  ) throws(GrammarError) {
    try check(nodes + graph.nodes.count)
    switch expression {
    case .empty: graph.addSilent(from: from, to: to)
    case .literal(let bytes): graph.add(bytes, from: from, to: to)
    case .characters(let set): graph.add(set, from: from, to: to)
    case .rule(let rule): graph.add(.rule(rule), from: from, to: to)
    case .choice(let choices): for choice in choices { try add(choice, to: &graph, from: from, to: to) }
    case .sequence(let parts):
      var place = from
      for part in parts {
        let next = graph.addNode()
        try add(part, to: &graph, from: place, to: next)
        place = next
      }
      graph.addSilent(from: place, to: to)
    case .repetition(let item, let least, let most):
      try add(item, least, most, to: &graph, from: from, to: to)
    case .automaton(let automaton, let encoding):
      let places = automaton.states.map { _ in graph.addNode() }
      graph.addSilent(from: from, to: places[0])
      for (state, place) in zip(automaton.states, places) {
        if state.isFinal { graph.addSilent(from: place, to: to) }
        for edge in state.edges {
          let characters = encoding.expression(of: edge.characters)
          try add(characters, to: &graph, from: place, to: places[edge.target])
        }
      }
    }
  }

  private mutating func add(
    _ item: Expression, _ least: Int, _ most: Int?, to graph: inout StateGraph, from: Int, to: Int
  ) throws(GrammarError) {
    var place = from
    let turns = max(least, most ?? 0)
    if turns > 0 && item.weight.saturatingMultiply(turns) > GrammarLimits.writtenOut {
      guard least < Int(Int32.max) else {
        throw .tooLarge(what: "repetitions", limit: Int(Int32.max) - 1)
      }
      place = graph.addNode()
      let most = min(turns, Int(Int32.max))
      graph.add(.repetition(rule: try rule(for: item), least: least, most: most), from: from, to: place)
    } else {
      for turn in 0..<turns {
        if turn >= least { graph.addSilent(from: place, to: to) }
        let next = graph.addNode()
        try add(item, to: &graph, from: place, to: next)
        place = next
      }
    }
    guard most == nil else { return graph.addSilent(from: place, to: to) }
    let hub = graph.addNode()
    graph.addSilent(from: place, to: hub)
    try add(item, to: &graph, from: hub, to: hub)
    graph.addSilent(from: hub, to: to)
  }

  /// The rule that an expression is, or a new one for it.
  mutating func rule(for expression: Expression, named name: String = "a repetition") throws(GrammarError)
    -> Int
  {
    if case .rule(let rule) = expression { return rule }
    let rule = try declare(name)
    try define(rule, expression)
    return rule
  }
}
