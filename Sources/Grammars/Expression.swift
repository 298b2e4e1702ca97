/// What a rule derives, before it is an automaton.
///
/// No constant of the program may be one: its pointers carry the case, so that the address sanitizer takes it for lost.
indirect enum Expression: Sendable {
  /// The empty text.
  case empty
  case literal([UInt8])
  /// One character of a set, in UTF-8.
  case characters(ScalarSet)
  case sequence([Expression])
  /// One of some; of none, nothing at all.
  case choice([Expression])
  case repetition(Expression, least: Int, most: Int?)
  case rule(Int)
  /// The texts of an automaton over characters.
  case automaton(CharacterAutomaton, CharacterEncoding)

  /// What nothing satisfies.
  static var nothing: Expression { .choice([]) }

  static func text(_ text: String) -> Expression { .literal(Array(text.utf8)) }

  static func optional(_ expression: Expression) -> Expression { .choice([.empty, expression]) }

  /// About as many states as it takes, never less than one.
  var weight: Int {
    switch self {
    case .empty, .rule: 1
    case .literal(let bytes): max(1, bytes.count)
    case .characters(let set): max(1, set.ranges.count)
    case .sequence(let parts), .choice(let parts): parts.reduce(1) { $0.saturatingAdd($1.weight) }
    case .repetition(let item, let least, let most):
      item.weight.saturatingMultiply(max(1, most ?? least)).saturated(to: GrammarLimits.writtenOut + 1)
    case .automaton(let automaton, _): max(1, automaton.states.count)
    }
  }
}
