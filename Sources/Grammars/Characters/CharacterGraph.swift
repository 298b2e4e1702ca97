/// A nondeterministic automaton over characters, made from a pattern.
struct CharacterGraph {
  struct Node {
    var edges: [(characters: ScalarSet, target: Int)] = []
    /// Ways that read nothing.
    var silent: [(kind: Silence, target: Int)] = []
  }

  /// Where a way that reads nothing is open.
  enum Silence {
    case always, atStart, atEnd
  }

  private(set) var nodes = [Node(), Node()]
  static let start = 0
  static let end = 1

  init(_ pattern: CharacterPattern) throws(GrammarError) { try add(pattern, from: Self.start, to: Self.end) }

  private mutating func node() throws(GrammarError) -> Int {
    guard nodes.count < 4 * GrammarLimits.patternStates else {
      throw .tooLarge(what: "states of a pattern", limit: GrammarLimits.patternStates)
    }
    nodes.append(Node())
    return nodes.count - 1
  }

  private mutating func add(_ pattern: CharacterPattern, from: Int, to: Int) throws(GrammarError) {
    switch pattern {
    case .empty: nodes[from].silent.append((.always, to))
    case .start: nodes[from].silent.append((.atStart, to))
    case .end: nodes[from].silent.append((.atEnd, to))
    case .characters(let set): nodes[from].edges.append((set, to))
    case .choice(let choices): for choice in choices { try add(choice, from: from, to: to) }
    case .sequence(let parts):
      var place = from
      for part in parts {
        let next = try node()
        try add(part, from: place, to: next)
        place = next
      }
      nodes[place].silent.append((.always, to))
    case .repetition(let item, let least, let most):
      var place = from
      for _ in 0..<least {
        let next = try node()
        try add(item, from: place, to: next)
        place = next
      }
      if let most {
        for _ in least..<max(least, most) {
          nodes[place].silent.append((.always, to))
          let next = try node()
          try add(item, from: place, to: next)
          place = next
        }
        nodes[place].silent.append((.always, to))
      } else {
        let hub = try node()
        nodes[place].silent.append((.always, hub))
        try add(item, from: hub, to: hub)
        nodes[hub].silent.append((.always, to))
      }
    }
  }

  /// All nodes reached from some without reading, in order.
  func closure(of starts: some Sequence<Int>, atStart: Bool, atEnd: Bool) -> [Int] {
    var found = Set(starts)
    var open = Array(found)
    while let index = open.popLast() {
      for (kind, target) in nodes[index].silent {
        let isOpen =
          switch kind {
          case .always: true
          case .atStart: atStart
          case .atEnd: atEnd
          }
        if isOpen && found.insert(target).inserted { open.append(target) }
      }
    }
    return found.sorted()
  }
}
