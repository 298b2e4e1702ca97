extension Jinja.Evaluator {
  /// Applies a test: what follows `is`.
  func test(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Bool {
    if arguments.positional.isEmpty, let result = Self.plainTest(name, value) { return result }
    switch (name, arguments[0]) {
    case ("divisibleby", .int(let divisor)?):
      if let number = value.integer, divisor != 0, divisor != -1 { return number % divisor == 0 }
    case ("eq", let other?), ("equalto", let other?), ("==", let other?): return value == other
    case ("sameas", let other?): return value.kind == other.kind && value == other
    case ("ne", let other?), ("!=", let other?): return !(value == other)
    case ("in", let container?): return try contains(container, value, line)
    case ("lt", let other?), ("lessthan", let other?), ("<", let other?):
      if let order = Self.order(value, other) { return order < 0 }
    case ("gt", let other?), ("greaterthan", let other?), (">", let other?):
      if let order = Self.order(value, other) { return order > 0 }
    case ("le", let other?), ("<=", let other?):
      if let order = Self.order(value, other) { return order <= 0 }
    case ("ge", let other?), (">=", let other?):
      if let order = Self.order(value, other) { return order >= 0 }
    default: break
    }
    throw Failure(line: line, reason: "the test 'is \(name)' of \(value.kind) is not supported")
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
    case ("upper", .string(let text)): text == text.uppercased() && text != text.lowercased()
    case ("lower", .string(let text)): text == text.lowercased() && text != text.uppercased()
    default: nil
    }
  }
}
