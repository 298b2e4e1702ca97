/// Why a grammar or a schema cannot be used; one clear line for whoever wrote it.
public enum GrammarError: Error, Equatable, Sendable {
  /// The text of a grammar is wrong at a place; both count from 1.
  case syntax(line: Int, column: Int, reason: String)
  /// A rule may begin with itself before any character is read.
  case leftRecursion(rule: String)
  /// A schema is no JSON.
  case invalidJSON(line: Int, reason: String)
  /// A schema uses a keyword, or a value of one, that is not supported; it is never ignored.
  case unsupported(keyword: String, pointer: String, reason: String)
  /// A schema contradicts JSON Schema itself at a place.
  case invalidSchema(pointer: String, reason: String)
  /// No text satisfies the grammar.
  case unsatisfiable(String)
  /// The grammar is larger than `limit` in some respect.
  case tooLarge(what: String, limit: Int)
}

extension GrammarError: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    switch self {
    case .syntax(let line, let column, let reason): "grammar, line \(line), column \(column): \(reason)"
    case .leftRecursion(let rule): "grammar: rule '\(rule)' may begin with itself, which is not supported"
    case .invalidJSON(let line, let reason): "schema, line \(line): \(reason)"
    case .unsupported(let keyword, let pointer, let reason):
      "schema: '\(keyword)' at '\(pointer)' is not supported: \(reason)"
    case .invalidSchema(let pointer, let reason): "schema: '\(pointer)' \(reason)"
    case .unsatisfiable(let what): "grammar: nothing satisfies \(what)"
    case .tooLarge(let what, let limit): "grammar: more than \(limit) \(what)"
    }
  }
}
