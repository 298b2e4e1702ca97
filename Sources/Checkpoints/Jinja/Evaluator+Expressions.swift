extension Jinja.Evaluator {
  typealias Value = Jinja.Value
  typealias Failure = Jinja.Failure
  typealias Expression = Jinja.Expression

  /// The value of an expression.
  mutating func evaluate(_ expression: Expression) throws(Failure) -> Value {
    let line = expression.line
    defer { leave() }
    try enter(line)
    try step(line)
    switch expression.kind {
    case .literal(let value): return value
    case .name(let name): return lookup(name)
    case .list(let items): return try list(try all(items), line)
    case .dict(let members): return try dict(members, line)
    case .item(let container, let index):
      return try item(of: try evaluate(container), try evaluate(index), line)
    case .attribute(let container, let name): return try attribute(name, of: try evaluate(container), line)
    case .slice(let container, let start, let end, let step):
      return try slice(container, start, end, step, line)
    case .call(let callee, let arguments): return try call(callee, arguments, line)
    case .filter(let value, let name, let arguments):
      return try filter(name, try evaluate(value), try self.arguments(arguments), line)
    case .test(let value, let name, let arguments):
      return .bool(try test(name, try evaluate(value), try self.arguments(arguments), line))
    case .not(let value): return .bool(!(try evaluate(value).isTrue))
    case .negate(let value): return try negated(try evaluate(value), line)
    case .choice(let condition, let value, let otherwise):
      if try evaluate(condition).isTrue { return try evaluate(value) }
      guard let otherwise else { return .undefined("else") }
      return try evaluate(otherwise)
    case .binary("and", let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? try evaluate(right) : value
    case .binary("or", let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? value : try evaluate(right)
    case .binary(let operation, let left, let right):
      return try binary(operation, try evaluate(left), try evaluate(right), line)
    }
  }

  private mutating func all(_ expressions: [Expression]) throws(Failure) -> [Value] {
    var values: [Value] = []
    for expression in expressions { values.append(try evaluate(expression)) }
    return values
  }

  private mutating func dict(
    _ members: [(Expression, Expression)], _ line: Int
  ) throws(Failure) -> Value {
    var values: [(key: String, value: Value)] = []
    for (key, value) in members {
      guard case .string(let name) = try evaluate(key) else {
        throw Failure(line: key.line, reason: "a key that is not text is not supported")
      }
      let value = try evaluate(value)
      try charge(items: values.count, line)
      // As in Python, a name keeps the place where it came first.
      if let place = values.firstIndex(where: { $0.key.utf8.elementsEqual(name.utf8) }) {
        values[place].value = value
      } else {
        values.append((name, value))
      }
    }
    return try mapping(values, line)
  }

  mutating func arguments(_ arguments: Jinja.Arguments) throws(Failure) -> Jinja.Values {
    var values = Jinja.Values(positional: try all(arguments.positional))
    for (name, expression) in arguments.named {
      guard values[name: name] == nil else {
        throw Failure(line: expression.line, reason: "the argument '\(name)' is there twice")
      }
      try step(expression.line)
      values.named.append((name, try evaluate(expression)))
    }
    return values
  }

  // MARK: Parts

  mutating func item(of container: Value, _ index: Value, _ line: Int) throws(Failure) -> Value {
    switch (container, index) {
    case (.dict(let mapping), .string(let name)):
      try charge(items: mapping.members.count, line)
      if let member = mapping[name] { return member }
      try demandNoMethod(name, ofMapping: true, line)
      return .undefined(name)
    case (.namespace(let space), .string(let name)): return space.members[name] ?? .undefined(name)
    case (.list(let list), _):
      if case .string(let name) = index { try demandNoMethod(name, ofMapping: false, line) }
      guard let number = index.integer else { return .undefined("member") }
      return Self.element(list.items, number) ?? .undefined("item \(number)")
    case (.string(let text), _):
      if case .string(let name) = index { try demandNoMethod(name, ofMapping: false, line) }
      guard let number = index.integer else { return .undefined("member") }
      try charge(4, times: text.utf8.count, line)
      let scalars = Array(text.unicodeScalars)
      return Self.element(scalars, number).map { .string(String($0)) } ?? .undefined("item \(number)")
    case (.undefined, _):
      throw Failure(line: line, reason: "\(container.kind) has no members")
    default: return .undefined("member")
    }
  }

  /// Python gives a method where a member of its name is asked for; here it would be undefined.
  private func demandNoMethod(_ name: String, ofMapping: Bool, _ line: Int) throws(Failure) {
    let isMethod = ofMapping ? Jinja.Methods.ofMappings.contains(name) : Jinja.Methods.others.contains(name)
    guard !isMethod else {
      throw Failure(line: line, reason: "the method '\(name)' as a value is not supported")
    }
  }

  private static func element<Element>(_ items: [Element], _ index: Int) -> Element? {
    let place = index < 0 ? index + items.count : index
    return items.indices.contains(place) ? items[place] : nil
  }

  private mutating func attribute(_ name: String, of value: Value, _ line: Int) throws(Failure) -> Value {
    // An attribute of a mapping is its method first, then a member.
    if case .dict = value { try demandNoMethod(name, ofMapping: true, line) }
    return try item(of: value, .string(name), line)
  }

  private mutating func slice(
    _ container: Expression, _ start: Expression?, _ end: Expression?, _ step: Expression?, _ line: Int
  ) throws(Failure) -> Value {
    let value = try evaluate(container)
    var bounds: [Int?] = []
    for expression in [start, end, step] {
      guard let expression else {
        bounds.append(nil)
        continue
      }
      switch try evaluate(expression) {
      case .int(let bound): bounds.append(bound)
      case .none: bounds.append(nil)
      case let other: throw Failure(line: line, reason: "\(other.kind) cannot be the bound of a slice")
      }
    }
    let step = bounds[2] ?? 1
    guard step != 0 else { throw Failure(line: line, reason: "a slice with step 0") }
    func cut<Element>(_ items: [Element]) -> [Element] {
      // Backwards, the places are those before which a step ends: -1 is before the first item.
      let (lowest, highest) = step > 0 ? (0, items.count) : (-1, items.count - 1)
      func place(_ bound: Int) -> Int {
        min(max(bound < 0 ? bound.addingReportingOverflow(items.count).partialValue : bound, lowest), highest)
      }
      let first = bounds[0].map(place) ?? (step > 0 ? lowest : highest)
      let end = bounds[1].map(place) ?? (step > 0 ? highest : lowest)
      return stride(from: first, to: end, by: step).map { items[$0] }
    }
    switch value {
    case .list(let items):
      try charge(items: items.items.count, line)
      return try list(cut(items.items), line)
    case .string(let text):
      try charge(4, times: text.utf8.count, line)
      return .string(String(String.UnicodeScalarView(cut(Array(text.unicodeScalars)))))
    default: throw Failure(line: line, reason: "slicing \(value.kind) is not supported")
    }
  }
}
