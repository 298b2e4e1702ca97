extension Jinja {
  /// Evaluated arguments.
  struct Values {
    var positional: [Value] = []
    var named: [String: Value] = [:]

    subscript(index: Int) -> Value? { positional.indices.contains(index) ? positional[index] : nil }
  }
}

extension Jinja.Evaluator {
  /// Calls a function by name or a method of a value.
  mutating func call(
    _ callee: Expression, _ arguments: Jinja.Arguments, _ line: Int
  ) throws(Failure) -> Value {
    let values = try self.arguments(arguments)
    switch callee.kind {
    case .name("namespace"): return .namespace(Jinja.Namespace(values.named))
    case .name("raise_exception"):
      let message = values[0]?.printed ?? ""
      throw Failure(line: line, reason: "the template refuses the conversation: \(message)")
    case .name("range"): return try range(values, line)
    case .name("dict") where values.positional.isEmpty:
      return .dict(values.named.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    case .attribute(let owner, let method):
      return try callMethod(method, of: try evaluate(owner), values, line)
    case .name(let name): throw Failure(line: line, reason: "the function '\(name)' is not supported")
    default: throw Failure(line: line, reason: "only functions and methods can be called")
    }
  }

  private func range(_ values: Jinja.Values, _ line: Int) throws(Failure) -> Value {
    let bounds = values.positional.compactMap(\.integer)
    guard bounds.count == values.positional.count, (1...3).contains(bounds.count) else {
      throw Failure(line: line, reason: "range() takes one to three integers")
    }
    let (start, end) = bounds.count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1])
    let step = bounds.count == 3 ? bounds[2] : 1
    guard step != 0 else { throw Failure(line: line, reason: "range() with step 0") }
    var items: [Value] = []
    for value in stride(from: start, to: end, by: step) {
      guard items.count < 10_000 else { throw Failure(line: line, reason: "range() is too long") }
      items.append(.int(value))
    }
    return .list(items)
  }

  private func callMethod(
    _ name: String, of owner: Value, _ values: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value {
    guard values.named.isEmpty else {
      throw Failure(line: line, reason: "the method '\(name)' with named arguments is not supported")
    }
    switch owner {
    case .string(let text):
      if let result = Self.textMethod(name, text, values) { return result }
    case .dict(let members):
      switch (name, values.positional.count) {
      case ("items", 0): return .list(members.map { .list([.string($0.key), $0.value]) })
      case ("keys", 0): return .list(members.map { .string($0.key) })
      case ("values", 0): return .list(members.map(\.value))
      case ("get", 1), ("get", 2):
        if case .string(let key)? = values[0], let member = members.first(where: { $0.key == key }) {
          return member.value
        }
        return values[1] ?? .none
      default: break
      }
    case .undefined: throw Failure(line: line, reason: "\(owner.kind) has no method '\(name)'")
    default: break
    }
    throw Failure(
      line: line,
      reason:
        "the method '\(name)' of \(owner.kind) with \(values.positional.count) arguments is not supported")
  }

  /// Methods of Python's text; `nil` when there is none for these arguments.
  private static func textMethod(_ name: String, _ text: String, _ values: Jinja.Values) -> Value? {
    var arguments: [String] = []
    for value in values.positional {
      switch value {
      case .string(let text): arguments.append(text)
      case .int where name == "split" || name == "replace": break
      default: return nil
      }
    }
    let count = values.positional.last?.integer
    let first = arguments.first
    switch (name, arguments.count, count == nil) {
    case ("strip", 0...1, true): return .string(Jinja.strip(text, first, left: true, right: true))
    case ("lstrip", 0...1, true): return .string(Jinja.strip(text, first, left: true, right: false))
    case ("rstrip", 0...1, true): return .string(Jinja.strip(text, first, left: false, right: true))
    case ("upper", 0, true): return .string(text.uppercased())
    case ("lower", 0, true): return .string(text.lowercased())
    case ("title", 0, true): return .string(Jinja.title(text))
    case ("capitalize", 0, true): return .string(Jinja.capitalized(text))
    case ("startswith", 1, true): return .bool(text.utf8.starts(with: arguments[0].utf8))
    case ("endswith", 1, true): return .bool(text.utf8.reversed().starts(with: arguments[0].utf8.reversed()))
    case ("split", 0, true): return .list(Jinja.words(text).map { .string($0) })
    case ("split", 1, _) where !arguments[0].isEmpty:
      return .list(Jinja.split(text, arguments[0], limit: count ?? -1).map { .string($0) })
    case ("replace", 2, _):
      return .string(Jinja.replace(text, arguments[0], arguments[1], limit: count ?? -1))
    default: return nil
    }
  }
}
