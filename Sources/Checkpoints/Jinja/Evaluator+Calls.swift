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
      throw Failure(
        line: line, reason: "the template refuses the conversation: \(message)", isRefusal: true)
    case .name("range"): return try range(values, line)
    case .name("dict") where values.positional.isEmpty:
      return .dict(values.named.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    case .attribute(let owner, let method):
      return try callMethod(method, of: try evaluate(owner), values, line)
    case .name(let name):
      if case .macro(let macro) = lookup(name) { return try call(macro, values, line) }
      throw Failure(line: line, reason: "the function '\(name)' is not supported")
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

  private mutating func callMethod(
    _ name: String, of owner: Value, _ values: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value {
    guard values.named.isEmpty else {
      throw Failure(line: line, reason: "the method '\(name)' with named arguments is not supported")
    }
    switch owner {
    case .string(let text):
      if name == "join", values.positional.count == 1 {
        let items = try elements(of: values.positional[0], line)
        for item in items {
          guard case .string = item else {
            throw Failure(line: line, reason: "joining \(item.kind) is not supported")
          }
        }
        return .string(try joined(items, by: text, line))
      }
      if name == "replace", case .string(let old)? = values[0], case .string(let new)? = values[1] {
        return .string(try replaced(text, old, new, limit: values[2]?.integer ?? -1, line))
      }
      if let result = Jinja.textMethod(name, text, values) { return result }
    case .list(let items):
      switch (name, values.positional.count) {
      case ("count", 1): return .int(items.count { $0 == values.positional[0] })
      case ("index", 1):
        if let index = items.firstIndex(where: { $0 == values.positional[0] }) { return .int(index) }
      default: break
      }
    case .namespace(let space):
      if case .macro(let macro)? = space.members[name] { return try call(macro, values, line) }
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

  /// Items joined by a text, as `join` does.
  func joined(_ items: [Value], by separator: String, _ line: Int) throws(Failure) -> String {
    var parts: [String] = []
    var size = 0
    for item in items {
      guard let text = item.printed else {
        throw Failure(line: line, reason: "joining \(item.kind) is not supported")
      }
      size += text.utf8.count + separator.utf8.count
      try checkSize(size, line)
      parts.append(text)
    }
    return parts.joined(separator: separator)
  }

  /// A text with some parts replaced.
  func replaced(
    _ text: String, _ old: String, _ new: String, limit: Int, _ line: Int
  ) throws(Failure) -> String {
    guard !old.isEmpty else { throw Failure(line: line, reason: "replacing empty text is not supported") }
    try checkSize(text.utf8.count / old.utf8.count, times: new.utf8.count, plus: text.utf8.count, line)
    return Jinja.replace(text, old, new, limit: limit)
  }
}
