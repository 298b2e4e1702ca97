extension Jinja.Evaluator {
  /// Applies a filter that works on the elements of a value; `nil` when the filter is no such one.
  mutating func listFilter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value? {
    switch (name, arguments.positional.count) {
    case ("length", 0), ("count", 0): return .int(try elements(of: value, line).count)
    case ("first", 0):
      return try elements(of: value, line).first ?? .undefined("first of an empty sequence")
    case ("last", 0): return try elements(of: value, line).last ?? .undefined("last of an empty sequence")
    case ("list", 0): return .list(try elements(of: value, line))
    case ("reverse", 0): return .list(try elements(of: value, line).reversed())
    case ("unique", 0) where arguments.named.isEmpty:
      return .list(Self.unique(try elements(of: value, line)))
    case ("sort", 0) where arguments.named.isEmpty:
      return .list(try sorted(try elements(of: value, line), line))
    case ("min", 0): return try sorted(try elements(of: value, line), line).first ?? .undefined("minimum")
    case ("max", 0): return try sorted(try elements(of: value, line), line).last ?? .undefined("maximum")
    case ("sum", 0) where arguments.named.isEmpty:
      var sum = Value.int(0)
      for element in try elements(of: value, line) { sum = try binary("+", sum, element, line) }
      return sum
    case ("join", 0...2):
      var items = try elements(of: value, line)
      if case .string(let attribute)? = arguments[1] ?? arguments.named["attribute"] {
        items = try members(attribute, of: items, line)
      }
      return .string(try joined(items, by: (arguments[0] ?? arguments.named["d"])?.printed ?? "", line))
    case ("map", 0...): return .list(try mapped(try elements(of: value, line), arguments, line))
    case ("select", 0...), ("reject", 0...), ("selectattr", 1...), ("rejectattr", 1...):
      return .list(try chosen(name, try elements(of: value, line), arguments, line))
    default: return nil
    }
  }

  /// The members of one name, also of members: `a.b`.
  private func members(_ path: String, of items: [Value], _ line: Int) throws(Failure) -> [Value] {
    var values = items
    for name in Jinja.split(path, ".", limit: -1) {
      for (index, value) in values.enumerated() {
        let key = Int(name).map { Value.int($0) } ?? .string(name)
        values[index] = try item(of: value, key, line)
      }
    }
    return values
  }

  private mutating func mapped(
    _ items: [Value], _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> [Value] {
    if case .string(let attribute)? = arguments.named["attribute"] {
      let values = try members(attribute, of: items, line)
      guard let standard = arguments.named["default"] else { return values }
      return values.map { if case .undefined = $0 { standard } else { $0 } }
    }
    guard case .string(let inner)? = arguments[0] else {
      throw Failure(line: line, reason: "the filter 'map' needs a filter or an attribute")
    }
    let rest = Jinja.Values(
      positional: Array(arguments.positional.dropFirst()), named: arguments.named)
    var results: [Value] = []
    for element in items { results.append(try filter(inner, element, rest, line)) }
    return results
  }

  /// `select`, `reject`, and both by an attribute.
  private func chosen(
    _ name: String, _ items: [Value], _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> [Value] {
    let isByAttribute = name.hasSuffix("attr")
    var values = items
    if isByAttribute {
      guard case .string(let attribute)? = arguments[0] else {
        throw Failure(line: line, reason: "the filter '\(name)' needs the name of an attribute")
      }
      values = try members(attribute, of: items, line)
    }
    let rest = arguments.positional.dropFirst(isByAttribute ? 1 : 0)
    var kept: [Value] = []
    for (element, value) in zip(items, values) {
      var holds = value.isTrue
      if case .string(let inner)? = rest.first {
        holds = try test(inner, value, Jinja.Values(positional: Array(rest.dropFirst())), line)
      }
      if holds == name.hasPrefix("select") { kept.append(element) }
    }
    return kept
  }

  /// Texts are compared without their case, as both filters do by default.
  private static func folded(_ value: Value) -> Value {
    if case .string(let text) = value { .string(text.lowercased()) } else { value }
  }

  private static func unique(_ items: [Value]) -> [Value] {
    var kept: [Value] = []
    for item in items where !kept.contains(where: { folded($0) == folded(item) }) { kept.append(item) }
    return kept
  }

  private func sorted(_ items: [Value], _ line: Int) throws(Failure) -> [Value] {
    guard let first = items.first else { return [] }
    for item in items where Self.order(Self.folded(first), Self.folded(item)) == nil {
      throw Failure(line: line, reason: "ordering \(first.kind) and \(item.kind) is not supported")
    }
    let places = items.indices.sorted {
      let order = Self.order(Self.folded(items[$0]), Self.folded(items[$1])) ?? 0
      return order == 0 ? $0 < $1 : order < 0
    }
    return places.map { items[$0] }
  }
}
