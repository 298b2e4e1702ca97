extension Jinja.Evaluator {
  /// Applies a filter.
  func filter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value {
    if let text = try textFilter(name, value, arguments) { return text }
    switch (name, arguments.positional.count) {
    case ("length", 0), ("count", 0): return .int(try elements(of: value, line).count)
    case ("first", 0):
      return try elements(of: value, line).first ?? .undefined("first of an empty sequence")
    case ("last", 0): return try elements(of: value, line).last ?? .undefined("last of an empty sequence")
    case ("list", 0): return .list(try elements(of: value, line))
    case ("reverse", 0): return .list(try elements(of: value, line).reversed())
    case ("items", 0):
      guard case .dict(let members) = value else { break }
      return .list(members.map { .list([.string($0.key), $0.value]) })
    case ("join", 0...1): return .string(try join(value, arguments, line))
    case ("default", 0...2), ("d", 0...2):
      let replacement = arguments[0] ?? arguments.named["default_value"] ?? .string("")
      let replacesFalse = (arguments[1] ?? arguments.named["boolean"])?.isTrue ?? false
      if case .undefined = value { return replacement }
      return replacesFalse && !value.isTrue ? replacement : value
    case ("tojson", 0) where arguments.named.isEmpty:
      guard let text = Jinja.json(value) else { break }
      return .string(text)
    case ("string", 0):
      guard let text = value.printed else { break }
      return .string(text)
    case ("int", 0):
      if let number = value.integer { return .int(number) }
      if case .string(let text) = value { return .int(Int(text) ?? 0) }
    case ("selectattr", 1...), ("rejectattr", 1...), ("map", 0...):
      return .list(try attributeFilter(name, value, arguments, line))
    default: break
    }
    throw Failure(
      line: line,
      reason:
        "the filter '\(name)' of \(value.kind) with \(arguments.positional.count) arguments is not supported")
  }

  private func textFilter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values
  ) throws(Failure) -> Value? {
    guard case .string(let text) = value, arguments.named.isEmpty else { return nil }
    switch (name, arguments[0], arguments[1]) {
    case ("trim", nil, nil): return .string(Jinja.strip(text, nil, left: true, right: true))
    case ("trim", .string(let set)?, nil): return .string(Jinja.strip(text, set, left: true, right: true))
    case ("upper", nil, nil): return .string(text.uppercased())
    case ("lower", nil, nil): return .string(text.lowercased())
    case ("title", nil, nil): return .string(Jinja.title(text))
    case ("capitalize", nil, nil): return .string(Jinja.capitalized(text))
    case ("replace", .string(let old)?, .string(let new)?):
      return .string(Jinja.replace(text, old, new, limit: -1))
    default: return nil
    }
  }

  private func join(_ value: Value, _ arguments: Jinja.Values, _ line: Int) throws(Failure) -> String {
    let separator = arguments[0]?.printed ?? ""
    var parts: [String] = []
    for item in try elements(of: value, line) {
      guard let text = item.printed else {
        throw Failure(line: line, reason: "joining \(item.kind) is not supported")
      }
      parts.append(text)
    }
    return parts.joined(separator: separator)
  }

  private func attributeFilter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> [Value] {
    let items = try elements(of: value, line)
    if name == "map" {
      var results: [Value] = []
      if case .string(let attribute)? = arguments.named["attribute"] {
        for element in items { results.append(try item(of: element, .string(attribute), line)) }
      } else if case .string(let inner)? = arguments[0] {
        let rest = Jinja.Values(positional: Array(arguments.positional.dropFirst()))
        for element in items { results.append(try filter(inner, element, rest, line)) }
      } else {
        throw Failure(line: line, reason: "the filter 'map' needs a filter or an attribute")
      }
      return results
    }
    guard case .string(let attribute)? = arguments[0] else {
      throw Failure(line: line, reason: "the filter '\(name)' needs the name of an attribute")
    }
    var kept: [Value] = []
    for element in items {
      let member = try item(of: element, .string(attribute), line)
      var holds = member.isTrue
      if case .string(let inner)? = arguments[1] {
        holds = try test(
          inner, member, Jinja.Values(positional: Array(arguments.positional.dropFirst(2))), line)
      }
      if holds == (name == "selectattr") { kept.append(element) }
    }
    return kept
  }

  /// Applies a test: what follows `is`.
  func test(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Bool {
    switch (name, arguments[0]) {
    case ("defined", nil): if case .undefined = value { return false } else { return true }
    case ("undefined", nil): if case .undefined = value { return true } else { return false }
    case ("none", nil): if case .none = value { return true } else { return false }
    case ("string", nil): if case .string = value { return true } else { return false }
    case ("mapping", nil): if case .dict = value { return true } else { return false }
    case ("boolean", nil): if case .bool = value { return true } else { return false }
    case ("true", nil): if case .bool(true) = value { return true } else { return false }
    case ("false", nil): if case .bool(false) = value { return true } else { return false }
    case ("integer", nil): if case .int = value { return true } else { return false }
    case ("number", nil): return value.number != nil
    case ("iterable", nil), ("sequence", nil):
      switch value {
      case .list, .dict, .string, .undefined: return true
      default: return false
      }
    case ("odd", nil): if let number = value.integer { return number % 2 != 0 }
    case ("even", nil): if let number = value.integer { return number % 2 == 0 }
    case ("divisibleby", .int(let divisor)?):
      if let number = value.integer, divisor != 0, divisor != -1 { return number % divisor == 0 }
    case ("eq", let other?), ("equalto", let other?), ("==", let other?), ("sameas", let other?):
      return value == other
    case ("ne", let other?), ("!=", let other?): return !(value == other)
    case ("in", let container?): return try contains(container, value, line)
    default: break
    }
    throw Failure(line: line, reason: "the test 'is \(name)' of \(value.kind) is not supported")
  }
}
