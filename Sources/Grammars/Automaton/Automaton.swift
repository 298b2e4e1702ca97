/// A grammar as a pushdown automaton over bytes: the automata of all rules in one table.
///
/// A state belongs to a rule. Its edges read a byte, its calls enter another rule and name the state to come back to,
/// and in a final state the rule may end. No rule ends where it began, so entering rules never goes in a circle.
final class Automaton: Sendable {
  struct State: Sendable {
    /// Places of the edges and of the calls in the tables.
    var edges: Range<Int> = 0..<0
    var calls: Range<Int> = 0..<0
    var isFinal = false
    /// Which counter the state is, if it is one.
    var counter: Int?
    /// The least number of bytes to the end of the rule.
    var least = Int.endless
    /// The bytes that may come next before the rule ends.
    var firsts = ByteSet()

    /// Whether the rule may end here, or here after some turns.
    var mayEndSoon: Bool { isFinal || counter != nil }

    /// Whether nothing is left of the rule but its end.
    var isOnlyFinal: Bool { isFinal && edges.isEmpty && calls.isEmpty && counter == nil }
  }

  struct Edge: Sendable {
    var bytes: ClosedRange<UInt8>
    var target: Int32
  }

  struct Call: Sendable {
    /// The state to enter and the one to come back to.
    var start: Int32
    var back: Int32
  }

  /// A rule that is entered again and again, so many times.
  struct Counter: Sendable {
    var item: Int32
    var least: Int32
    var most: Int32
    /// The least number of bytes of one turn.
    var itemLeast = Int.endless
  }

  let states: [State]
  let edges: [Edge]
  let calls: [Call]
  let counters: [Counter]
  let start: Int32

  /// Finishes tables; throws when a rule may begin with itself or nothing satisfies the grammar.
  init(_ tables: AutomatonTables) throws(GrammarError) {
    var tables = tables
    let order = try tables.checkedOrder()
    tables.measure()
    guard tables.states[Int(tables.start)].least < .endless else { throw .unsatisfiable("the grammar") }
    tables.prune()
    tables.fillFirsts(order)
    states = tables.states
    edges = tables.edges
    calls = tables.calls
    counters = tables.counters
    start = tables.start
  }

  /// The least number of bytes from a state, with so many turns made if it is a counter, to the end of its rule.
  func least(_ state: Int32, _ count: Int32) -> Int {
    guard let index = states[Int(state)].counter else { return states[Int(state)].least }
    let counter = counters[index]
    let missing = max(Int(counter.least) - Int(count), count == 0 ? 1 : 0)
    return counter.itemLeast.saturatingMultiply(missing)
  }

  /// Whether the rule of a state may end in it.
  func mayEnd(_ state: Int32, _ count: Int32) -> Bool {
    guard let index = states[Int(state)].counter else { return states[Int(state)].isFinal }
    return count >= max(1, counters[index].least)
  }

  /// A number of turns that allows the same for as long as no more than `turns` are added.
  func equivalent(_ state: Int32, _ count: Int32, within turns: Int) -> Int32 {
    guard let index = states[Int(state)].counter else { return count }
    let (least, most) = (counters[index].least, counters[index].most)
    if count >= max(1, least), Int(most) - Int(count) >= turns { return max(1, least) }
    if Int(least) - Int(count) > turns { return 0 }
    return count
  }
}
