extension Grammar {
  /// A part of a text that is put together.
  public enum Piece: Sendable {
    /// The very text.
    case text(String)
    /// Any text of a grammar, which must not be empty.
    case grammar(Grammar)
  }

  /// Texts that are some pieces one behind the other.
  ///
  /// - Parameter isRepeated: whether the same may follow again and again.
  public init(_ pieces: [Piece], isRepeated: Bool = false) throws(GrammarError) {
    var tables = AutomatonTables()
    let start = tables.addState(isFinal: false)
    var place = start
    var first: (edges: [Automaton.Edge], calls: [Automaton.Call])?
    func connect(_ edges: [Automaton.Edge], _ calls: [Automaton.Call]) {
      tables.connect(place, edges, calls)
      if first == nil { first = (edges, calls) }
    }
    for piece in pieces {
      switch piece {
      case .text(let text):
        for byte in text.utf8 {
          let next = tables.addState(isFinal: false)
          connect([.init(bytes: byte...byte, target: next)], [])
          place = next
        }
      case .grammar(let grammar):
        let inner = grammar.automaton
        guard !inner.states[Int(inner.start)].isFinal else {
          throw .unsatisfiable("a piece that may be empty")
        }
        let entry = try tables.add(inner)
        let next = tables.addState(isFinal: false)
        connect([], [.init(start: entry, back: next)])
        place = next
      }
    }
    guard let first else { throw .unsatisfiable("no pieces") }
    tables.states[Int(place)].isFinal = true
    if isRepeated { tables.connect(place, first.edges, first.calls) }
    self.init(try Automaton(tables))
  }
}
