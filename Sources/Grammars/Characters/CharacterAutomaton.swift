/// A deterministic automaton over characters; state 0 is its start.
struct CharacterAutomaton: Sendable {
  struct State: Sendable {
    var edges: [(characters: ScalarSet, target: Int)] = []
    var isFinal = false
  }

  private(set) var states: [State]

  /// The texts that a pattern matches from their beginning to their end.
  init(_ pattern: CharacterPattern) throws(GrammarError) {
    let graph = try CharacterGraph(pattern)
    let start = graph.closure(of: [CharacterGraph.start], atStart: true, atEnd: false)
    states = []
    var numbers = [start: 0]
    var open = [start]
    var steps = 0
    while states.count < open.count {
      let nodes = open[states.count]
      steps += nodes.count
      guard steps <= GrammarLimits.patternSteps else { throw Self.tooLarge }
      let ending = graph.closure(of: nodes, atStart: states.isEmpty, atEnd: true)
      var state = State(isFinal: ending.contains(CharacterGraph.end))
      for (characters, targets) in Self.split(nodes.flatMap { graph.nodes[$0].edges }) {
        let next = graph.closure(of: targets, atStart: false, atEnd: false)
        if numbers[next] == nil {
          guard open.count < GrammarLimits.patternStates else { throw Self.tooLarge }
          numbers[next] = open.count
          open.append(next)
        }
        if let target = numbers[next] { state.edges.append((characters, target)) }
      }
      states.append(state)
    }
    trim()
  }

  init(states: [State]) {
    self.states = states
    trim()
  }

  private static let tooLarge = GrammarError.tooLarge(
    what: "states of a pattern", limit: GrammarLimits.patternStates)

  /// Whether it has no text.
  var isEmpty: Bool { !states[0].isFinal && states[0].edges.isEmpty }

  /// Characters that lead to the same nodes, with these.
  private static func split(_ edges: [(characters: ScalarSet, target: Int)]) -> [(ScalarSet, [Int])] {
    var borders: Set<UInt32> = []
    for edge in edges {
      for range in edge.characters.ranges { borders.formUnion([range.lowerBound, range.upperBound + 1]) }
    }
    let sorted = borders.sorted()
    let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    var targets = [[Int]](repeating: [], count: sorted.count)
    for edge in edges {
      for range in edge.characters.ranges {
        guard let first = places[range.lowerBound], let end = places[range.upperBound + 1] else { continue }
        for place in first..<end { targets[place].append(edge.target) }
      }
    }
    var groups: [[Int]: [ClosedRange<UInt32>]] = [:]
    var order: [[Int]] = []
    for place in sorted.indices where !targets[place].isEmpty {
      let key = Array(Set(targets[place])).sorted()
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(sorted[place]...sorted[place + 1] - 1)
    }
    return order.map { (ScalarSet(groups[$0] ?? []), $0) }
  }

  /// The texts that both have.
  func intersection(_ other: CharacterAutomaton) throws(GrammarError) -> CharacterAutomaton {
    var numbers = [Pair(left: 0, right: 0): 0]
    var open = [Pair(left: 0, right: 0)]
    var made: [State] = []
    while made.count < open.count {
      let pair = open[made.count]
      let (left, right) = (states[pair.left], other.states[pair.right])
      var state = State(isFinal: left.isFinal && right.isFinal)
      for a in left.edges {
        for b in right.edges {
          let both = a.characters == b.characters ? a.characters : a.characters.intersection(b.characters)
          guard !both.isEmpty else { continue }
          let next = Pair(left: a.target, right: b.target)
          guard open.count < GrammarLimits.patternStates else { throw Self.tooLarge }
          let number = numbers[next] ?? open.count
          if number == open.count {
            numbers[next] = number
            open.append(next)
          }
          state.edges.append((both, number))
        }
      }
      made.append(state)
    }
    return CharacterAutomaton(states: made)
  }

  private struct Pair: Hashable {
    var left: Int
    var right: Int
  }

  /// Those of its texts that have `least` characters or more and at most `most`.
  ///
  /// A bound on the length far above what the automaton may have states for is lowered to that; the texts that
  /// are left are right all the same.
  func limited(toLengths least: Int, _ most: Int?) throws(GrammarError) -> CharacterAutomaton {
    guard least > 0 || most != nil else { return self }
    let room = max(1, GrammarLimits.patternStates / states.count - 1)
    guard least <= room else { throw Self.tooLarge }
    return try intersection(Self.lengths(least, most.map { min($0, max(least, room)) }))
  }

  private static func lengths(_ least: Int, _ most: Int?) -> CharacterAutomaton {
    let last = most ?? least
    var states = (0...last).map { State(edges: [(.all, $0 + 1)], isFinal: $0 >= least) }
    states[last].edges = most == nil ? [(.all, last)] : []
    return CharacterAutomaton(states: states)
  }

  /// Drops the edges from which no end is reached, and the states that nothing leads to.
  private mutating func trim() {
    var sources = [[Int]](repeating: [], count: states.count)
    for (index, state) in states.enumerated() {
      for edge in state.edges { sources[edge.target].append(index) }
    }
    var isUseful = states.map(\.isFinal)
    var open = states.indices.filter { isUseful[$0] }
    while let index = open.popLast() {
      for source in sources[index] where !isUseful[source] {
        isUseful[source] = true
        open.append(source)
      }
    }
    var numbers = [0: 0]
    var order = [0]
    var place = 0
    while place < order.count {
      let index = order[place]
      place += 1
      states[index].edges.removeAll { !isUseful[$0.target] }
      for edge in states[index].edges where numbers[edge.target] == nil {
        numbers[edge.target] = order.count
        order.append(edge.target)
      }
    }
    states = order.map { index in
      var state = states[index]
      for edge in state.edges.indices { state.edges[edge].target = numbers[state.edges[edge].target] ?? 0 }
      return state
    }
  }
}
