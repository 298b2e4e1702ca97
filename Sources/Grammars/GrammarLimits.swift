/// What a grammar from outside may cost at most.
enum GrammarLimits {
  /// Bytes of a grammar's or a schema's text.
  static let sourceBytes = 1 << 20
  /// Rules, those made for parts of others included.
  static let rules = 1 << 15
  /// States of all rules together, once short repetitions are written out.
  static let states = 1 << 18
  /// States of the automaton of one pattern, one format or one range of numbers.
  static let patternStates = 20_000
  /// Nodes looked at while all rules are made deterministic, and the same for one pattern.
  static let steps = 1 << 24
  static let patternSteps = 1 << 20
  /// How deep groups of a grammar or subschemas may be nested.
  static let nesting = 100
  /// Schemas compiled, those counted again that are merged with others.
  static let schemas = 1 << 18
  /// Repetitions that take more states than these are counted instead of written out.
  static let writtenOut = 96
  /// Stacks kept at once for a grammar in which many are open; the nearest to their end are kept.
  static let openStacks = 256
  /// Frames of a stack from which on only the shortest way to the end is open.
  static let depth = 1024
}
