extension Jinja.Evaluator {
  /// Applies a test: what follows `is`.
  mutating func test(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Bool {
    if arguments.positional.isEmpty, arguments.named.isEmpty {
      if case .string(let text) = value {
        try charge(name == "upper" || name == "lower" ? 8 * text.utf8.count : 0, line)
      }
      if let result = Self.plainTest(name, value) { return result }
    }
    if arguments.positional.count == 1, arguments.named.isEmpty, let other = arguments[0],
      let result = try comparison(name, value, other, line)
    {
      return result
    }
    throw Failure(line: line, reason: "the test 'is \(name)' of \(value.kind) is not supported")
  }

  /// Tests with one argument; `nil` when there is none of this name for these values.
  private mutating func comparison(
    _ name: String, _ value: Value, _ other: Value, _ line: Int
  ) throws(Failure) -> Bool? {
    switch name {
    case "divisibleby":
      guard let number = value.integer, let divisor = other.integer, divisor != 0, divisor != -1 else {
        return nil
      }
      return number % divisor == 0
    case "eq", "equalto", "==": return try equal(value, other, line)
    case "ne", "!=": return !(try equal(value, other, line))
    case "sameas":
      // Which other values are the same object is a matter of Python's.
      switch (value, other) {
      case (.bool(let a), .bool(let b)): return a == b
      case (.none, .none): return true
      case (.bool, .none), (.none, .bool): return false
      default: return nil
      }
    case "in": return try contains(other, value, line)
    case "lt", "lessthan", "<": return try order(value, other, line).map { Self.holds("<", $0) }
    case "gt", "greaterthan", ">": return try order(value, other, line).map { Self.holds(">", $0) }
    case "le", "<=": return try order(value, other, line).map { Self.holds("<=", $0) }
    case "ge", ">=": return try order(value, other, line).map { Self.holds(">=", $0) }
    default: return nil
    }
  }

  /// Tests without an argument.
  private static func plainTest(_ name: String, _ value: Value) -> Bool? {
    switch (name, value) {
    case ("defined", .undefined): false
    case ("defined", _): true
    case ("undefined", .undefined): true
    case ("none", .none), ("string", .string), ("mapping", .dict), ("boolean", .bool), ("true", .bool(true)),
      ("false", .bool(false)), ("integer", .int), ("float", .real), ("callable", .macro):
      true
    case ("undefined", _), ("none", _), ("string", _), ("mapping", _), ("boolean", _), ("true", _),
      ("false", _), ("integer", _), ("float", _), ("callable", _):
      false
    case ("number", _): value.number != nil
    case ("iterable", .list), ("iterable", .dict), ("iterable", .string), ("iterable", .undefined),
      ("sequence", .list), ("sequence", .dict), ("sequence", .string), ("sequence", .undefined):
      true
    case ("iterable", _), ("sequence", _): false
    case ("odd", _): value.integer.map { $0 % 2 != 0 }
    case ("even", _): value.integer.map { $0 % 2 == 0 }
    case ("upper", .string(let text)): Jinja.isUpper(text)
    case ("lower", .string(let text)): Jinja.isLower(text)
    default: nil
    }
  }
}
