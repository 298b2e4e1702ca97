/// The tables of an automaton while it is made.
struct AutomatonTables {
  var states: [Automaton.State] = []
  var edges: [Automaton.Edge] = []
  var calls: [Automaton.Call] = []
  var counters: [Automaton.Counter] = []
  var start: Int32 = 0
  /// Names of rules by the states that calls of them enter.
  var names: [Int32: String] = [:]

  mutating func addState(isFinal: Bool) -> Int32 {
    states.append(.init(isFinal: isFinal))
    return Int32(states.count - 1)
  }

  /// Sets the edges and calls of a state, once.
  mutating func connect(_ state: Int32, _ edges: [Automaton.Edge], _ calls: [Automaton.Call]) {
    states[Int(state)].edges = self.edges.count..<self.edges.count + edges.count
    states[Int(state)].calls = self.calls.count..<self.calls.count + calls.count
    self.edges += edges
    self.calls += calls
  }

  /// The state that a call of a rule enters: its start, or a copy that is not final if the rule may be empty.
  mutating func entry(of start: Int32) -> Int32 {
    guard states[Int(start)].isFinal else { return start }
    let copy = addState(isFinal: false)
    states[Int(copy)].edges = states[Int(start)].edges
    states[Int(copy)].calls = states[Int(start)].calls
    return copy
  }

  /// A state that enters `item` again and again.
  mutating func addCounter(of item: Int32, least: Int, most: Int) -> Int32 {
    let state = addState(isFinal: false)
    states[Int(state)].counter = counters.count
    counters.append(.init(item: item, least: Int32(clamping: least), most: Int32(clamping: most)))
    return state
  }
}
