extension Grammar {
  /// A text from which on a grammar holds, for example the mark that begins the call of a tool.
  public struct Trigger: Sendable {
    /// The text; tokens may end within it.
    public var text: String
    /// What must follow it.
    public var grammar: Grammar

    /// Creates a trigger.
    public init(_ text: String, then grammar: Grammar) {
      self.text = text
      self.grammar = grammar
    }
  }

  /// Everything is free until a trigger's text has come; then its grammar holds.
  ///
  /// A trigger that is one token counts only if the vocabulary says that the token adds its text.
  ///
  /// - Parameter isFreeAgain: whether anything may follow behind the end of the grammar, other triggers as well; if not, the
  ///   text ends there.
  public init(freeUntil triggers: [Trigger], isFreeAgain: Bool) throws(GrammarError) {
    let prefixes = try TriggerPrefixes(triggers.map { Array($0.text.utf8) })
    var tables = AutomatonTables()
    for _ in 0..<prefixes.count { _ = tables.addState(isFinal: true) }
    let end = tables.addState(isFinal: true)
    var entries: [Int32] = []
    for trigger in triggers { entries.append(try tables.add(trigger.grammar.automaton)) }
    for place in 0..<prefixes.count {
      var edges: [Automaton.Edge] = []
      var calls: [Automaton.Call] = []
      if let trigger = prefixes.completed[place] {
        let back = isFreeAgain ? 0 : end
        calls.append(.init(start: entries[trigger], back: back))
        // A grammar that may be empty leaves everything as free as before it.
        let start = triggers[trigger].grammar.automaton.start
        let mayBeEmpty = triggers[trigger].grammar.automaton.states[Int(start)].isFinal
        tables.states[place].isFinal = mayBeEmpty
        if mayBeEmpty && isFreeAgain { edges = prefixes.edges(from: 0) }
      } else {
        edges = prefixes.edges(from: place)
      }
      tables.connect(Int32(place), edges, calls)
    }
    self.init(try Automaton(tables))
  }
}

/// The beginnings of some texts, and to which of them each byte leads.
private struct TriggerPrefixes {
  private var prefixes: [[UInt8]] = [[]]
  /// By prefix: the first text that it ends with.
  private(set) var completed: [Int: Int] = [:]
  private var places: [[UInt8]: Int] = [[]: 0]

  private static let sizeLimit = 4096

  init(_ texts: [[UInt8]]) throws(GrammarError) {
    guard texts.reduce(0, { $0 + $1.count }) <= Self.sizeLimit else {
      throw .tooLarge(what: "bytes of triggers", limit: Self.sizeLimit)
    }
    for text in texts {
      guard !text.isEmpty else { throw .unsatisfiable("an empty trigger") }
      for count in 1...text.count {
        let prefix = Array(text[..<count])
        guard places[prefix] == nil else { continue }
        places[prefix] = prefixes.count
        prefixes.append(prefix)
      }
    }
    // The text may end with a trigger that is shorter than what it may become.
    for (place, prefix) in prefixes.enumerated() {
      completed[place] = texts.firstIndex {
        prefix.count >= $0.count && prefix.suffix($0.count).elementsEqual($0)
      }
    }
  }

  var count: Int { prefixes.count }

  /// Where each byte leads: the longest beginning of a trigger that the text then ends with.
  func edges(from place: Int) -> [Automaton.Edge] {
    var edges: [Automaton.Edge] = []
    for byte in UInt8.min...UInt8.max {
      var rest = (prefixes[place] + [byte])[...]
      while places[Array(rest)] == nil { rest = rest.dropFirst() }
      let target = Int32(places[Array(rest)] ?? 0)
      if let last = edges.last, last.target == target {
        edges[edges.count - 1].bytes = last.bytes.lowerBound...byte
      } else {
        edges.append(.init(bytes: byte...byte, target: target))
      }
    }
    return edges
  }
}

extension AutomatonTables {
  /// Adds the tables of an automaton; returns the state that calls of it enter.
  mutating func add(_ automaton: Automaton) throws(GrammarError) -> Int32 {
    let base = Int32(states.count)
    let firstCounter = counters.count
    guard states.count + automaton.states.count <= GrammarLimits.states else {
      throw .tooLarge(what: "states", limit: GrammarLimits.states)
    }
    for counter in automaton.counters {
      counters.append(.init(item: base + counter.item, least: counter.least, most: counter.most))
    }
    for state in automaton.states {
      let number = addState(isFinal: state.isFinal)
      states[Int(number)].counter = state.counter.map { firstCounter + $0 }
      connect(
        number,
        automaton.edges[state.edges].map { .init(bytes: $0.bytes, target: base + $0.target) },
        automaton.calls[state.calls].map { .init(start: base + $0.start, back: base + $0.back) })
    }
    return entry(of: base + automaton.start)
  }
}
