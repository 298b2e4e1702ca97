extension Jinja {
  /// An expression and the line it is in.
  struct Expression {
    var kind: Kind
    var line: Int

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
    }
  }

  /// Arguments of a call, a filter or a test.
  struct Arguments {
    var positional: [Expression] = []
    var named: [(String, Expression)] = []
  }

  /// A statement.
  enum Statement {
    case text(String)
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

    init(name: String, parameters: [(name: String, standard: Expression?)], body: [Statement]) {
      self.name = name
      self.parameters = parameters
      self.body = body
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
