extension Jinja {
  /// An expression, the line it is in, and how many levels of expressions it has.
  struct Expression {
    let kind: Kind
    let line: Int
    let depth: Int

    /// Levels of one expression. Chains without brackets lean to the left and count as well: whatever walks an
    /// expression calls itself for each level.
    static let depthLimit = 100

    /// Creates an expression above others.
    init(_ kind: Kind, line: Int) throws(Failure) {
      self.kind = kind
      self.line = line
      depth = 1 + kind.innerDepth
      guard depth <= Self.depthLimit else {
        throw Failure(line: line, reason: "an expression is nested too deep")
      }
    }

    indirect enum Kind {
      case literal(Value)
      case name(String)
      case list([Expression])
      case dict([(Expression, Expression)])
      case item(Expression, Expression)
      case attribute(Expression, String)
      case slice(Expression, Expression?, Expression?, Expression?)
      case call(Expression, Arguments)
      case filter(Expression, String, Arguments)
      case test(Expression, String, Arguments)
      case not(Expression)
      case negate(Expression)
      case binary(String, Expression, Expression)
      case choice(Expression, Expression, otherwise: Expression?)

      /// Levels of the deepest expression in it.
      fileprivate var innerDepth: Int {
        switch self {
        case .literal, .name: 0
        case .list(let items): items.reduce(0) { max($0, $1.depth) }
        case .dict(let members): members.reduce(0) { max($0, $1.0.depth, $1.1.depth) }
        case .item(let container, let index): max(container.depth, index.depth)
        case .attribute(let value, _), .not(let value), .negate(let value): value.depth
        case .slice(let value, let start, let end, let step):
          max(value.depth, start?.depth ?? 0, end?.depth ?? 0, step?.depth ?? 0)
        case .call(let value, let arguments), .filter(let value, _, let arguments),
          .test(let value, _, let arguments):
          max(value.depth, arguments.depth)
        case .binary(_, let left, let right): max(left.depth, right.depth)
        case .choice(let condition, let value, let otherwise):
          max(condition.depth, value.depth, otherwise?.depth ?? 0)
        }
      }
    }
  }

  /// Arguments of a call, a filter or a test.
  struct Arguments {
    var positional: [Expression] = []
    var named: [(String, Expression)] = []

    /// Levels of the deepest expression among them.
    var depth: Int {
      max(
        positional.reduce(0) { max($0, $1.depth) }, named.reduce(0) { max($0, $1.1.depth) })
    }
  }

  /// A statement.
  enum Statement {
    case text(String, line: Int)
    case output(Expression)
    case branch([(Expression, [Statement])], otherwise: [Statement])
    case loop(Loop)
    case set([String], Expression)
    case setMember(String, String, Expression, line: Int)
    case setBlock(String, [(String, Arguments)], [Statement], line: Int)
    case filterBlock([(String, Arguments)], [Statement], line: Int)
    case with([(String, Expression)], [Statement], line: Int)
    case macro(Macro)
    case leaveLoop
    case nextRound
  }

  /// A `macro` statement: a function that prints.
  package final class Macro: @unchecked Sendable {
    // Never changed.
    let name: String
    let parameters: [(name: String, standard: Expression?)]
    let body: [Statement]
    let line: Int

    init(
      name: String, parameters: [(name: String, standard: Expression?)], body: [Statement], line: Int
    ) {
      self.name = name
      self.parameters = parameters
      self.body = body
      self.line = line
    }
  }

  /// A `for` statement.
  struct Loop {
    var names: [String]
    var sequence: Expression
    var condition: Expression?
    var body: [Statement]
    var otherwise: [Statement]
    var line: Int
  }
}
