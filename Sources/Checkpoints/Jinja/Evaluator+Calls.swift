import Plan

extension Jinja.Evaluator {
  /// Calls a function by name or a method of a value.
  mutating func call(
    _ callee: Expression, _ arguments: Jinja.Arguments, _ line: Int
  ) throws(Failure) -> Value {
    let values = try self.arguments(arguments)
    switch callee.kind {
    case .name(let name):
      if case .macro(let macro) = lookup(name) { return try call(macro, values, line) }
      return try callFunction(name, values, line)
    case .attribute(let owner, let method):
      return try callMethod(method, of: try evaluate(owner), values, line)
    default: throw Failure(line: line, reason: "only functions and methods can be called")
    }
  }

  private mutating func callFunction(
    _ name: String, _ values: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value {
    switch name {
    case "namespace" where values.positional.isEmpty:
      let members = Dictionary(values.named.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      let namespace = Jinja.Namespace(members)
      try charge(items: 8 + 2 * members.count, line)
      namespaces.append(namespace)
      return .namespace(namespace)
    case "raise_exception":
      let message = values[0]?.printed ?? ""
      throw Failure(
        line: line, reason: "the template refuses the conversation: \(message.prefix(256))", isRefusal: true)
    case "strftime_now" where values.named.isEmpty && values.positional.count == 1:
      guard case .string(let format)? = values[0], PromptTemplate.Segment.isDateFormat(format) else {
        throw Failure(line: line, reason: "strftime_now() takes a format of a date")
      }
      return .string(DateMarker.text(format))
    case "range" where values.named.isEmpty: return try range(values, line)
    case "dict" where values.positional.isEmpty:
      return try mapping(values.named.map { ($0.name, $0.value) }, line)
    default: throw Failure(line: line, reason: "the function '\(name)' is not supported")
    }
  }

  private mutating func range(_ values: Jinja.Values, _ line: Int) throws(Failure) -> Value {
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
    return try list(items, line)
  }

  private mutating func callMethod(
    _ name: String, of owner: Value, _ values: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value {
    if case .namespace(let space) = owner, case .macro(let macro)? = space.members[name] {
      return try call(macro, values, line)
    }
    guard values.named.isEmpty else {
      throw Failure(line: line, reason: "the method '\(name)' with named arguments is not supported")
    }
    switch owner {
    case .string(let text):
      if let result = try callTextMethod(name, text, values, line) { return result }
    case .list(let list):
      switch (name, values.positional.count) {
      case ("count", 1):
        var count = 0
        for item in list.items {
          try charge(items: 1, line)
          if try equal(item, values.positional[0], line) { count += 1 }
        }
        return .int(count)
      case ("index", 1):
        for (index, item) in list.items.enumerated() {
          try charge(items: 1, line)
          if try equal(item, values.positional[0], line) { return .int(index) }
        }
      default: break
      }
    case .dict(let mapping):
      switch (name, values.positional.count) {
      case ("items", 0): return try items(of: mapping, line)
      case ("keys", 0): return try list(texts: mapping.members.map(\.key), line)
      case ("values", 0): return try list(mapping.members.map(\.value), line)
      case ("get", 1), ("get", 2):
        try charge(items: mapping.members.count, line)
        if case .string(let key)? = values[0], let member = mapping[key] { return member }
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

  /// Names and values of the members.
  mutating func items(of mapping: Jinja.Mapping, _ line: Int) throws(Failure) -> Value {
    try charge(items: 4 * mapping.members.count, line)
    return try list(mapping.members.map { .list([.string($0.key), $0.value]) }, line)
  }

  private mutating func callTextMethod(
    _ name: String, _ text: String, _ values: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value? {
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
      guard values.positional.count <= 3, let limit = values[2].map(\.integer) ?? -1 else { return nil }
      return .string(try replaced(text, old, new, limit: limit, line))
    }
    // Each walks over the text a few times; some look for a part of it, some make parts.
    try charge(8, times: 1 + text.utf8.count, line)
    for case .string(let part) in values.positional { try charge(searching: text, for: part, line) }
    return Jinja.textMethod(name, text, values)
  }

  /// Items joined by a text, as `join` does.
  mutating func joined(_ items: [Value], by separator: String, _ line: Int) throws(Failure) -> String {
    var parts: [String] = []
    for item in items {
      guard let text = item.printed else {
        throw Failure(line: line, reason: "joining \(item.kind) is not supported")
      }
      try charge(Self.itemCost + text.utf8.count + separator.utf8.count, line)
      parts.append(text)
    }
    return parts.joined(separator: separator)
  }

  /// A text with some parts replaced.
  mutating func replaced(
    _ text: String, _ old: String, _ new: String, limit: Int, _ line: Int
  ) throws(Failure) -> String {
    guard !old.isEmpty else { throw Failure(line: line, reason: "replacing empty text is not supported") }
    try charge(searching: text, for: old, line)
    try charge(Self.itemCost + new.utf8.count, times: text.utf8.count / old.utf8.count, line)
    return Jinja.replace(text, old, new, limit: limit)
  }
}
