extension Jinja.Evaluator {
  typealias Value = Jinja.Value
  typealias Failure = Jinja.Failure
  typealias Expression = Jinja.Expression

  /// The value of an expression.
  mutating func evaluate(_ expression: Expression) throws(Failure) -> Value {
    let line = expression.line
    try count(line)
    switch expression.kind {
    case .literal(let value): return value
    case .name(let name): return lookup(name)
    case .list(let items): return .list(try all(items))
    case .dict(let members): return try dict(members)
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

  private mutating func dict(_ members: [(Expression, Expression)]) throws(Failure) -> Value {
    var values: [(key: String, value: Value)] = []
    for (key, value) in members {
      guard case .string(let name) = try evaluate(key) else {
        throw Failure(line: key.line, reason: "a key that is not text is not supported")
      }
      let value = try evaluate(value)
      values.removeAll { $0.key == name }
      values.append((name, value))
    }
    return .dict(values)
  }

  mutating func arguments(_ arguments: Jinja.Arguments) throws(Failure) -> Jinja.Values {
    var values = Jinja.Values(positional: try all(arguments.positional))
    for (name, expression) in arguments.named { values.named[name] = try evaluate(expression) }
    return values
  }

  // MARK: Parts

  func item(of container: Value, _ index: Value, _ line: Int) throws(Failure) -> Value {
    switch (container, index) {
    case (.dict(let members), .string(let name)):
      return members.first { $0.key == name }?.value ?? .undefined(name)
    case (.namespace(let space), .string(let name)): return space.members[name] ?? .undefined(name)
    case (.list(let items), .int(let index)): return Self.element(items, index) ?? .undefined("item \(index)")
    case (.string(let text), .int(let index)):
      let scalars = text.unicodeScalars.map { Value.string(String($0)) }
      return Self.element(scalars, index) ?? .undefined("item \(index)")
    case (.undefined, _):
      throw Failure(line: line, reason: "\(container.kind) has no members")
    default: return .undefined("member")
    }
  }

  private static func element(_ items: [Value], _ index: Int) -> Value? {
    let place = index < 0 ? index + items.count : index
    return items.indices.contains(place) ? items[place] : nil
  }

  private func attribute(_ name: String, of value: Value, _ line: Int) throws(Failure) -> Value {
    try item(of: value, .string(name), line)
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
    case .list(let items): return .list(cut(items))
    case .string(let text):
      return .string(String(String.UnicodeScalarView(cut(Array(text.unicodeScalars)))))
    default: throw Failure(line: line, reason: "\(value.kind) cannot be sliced")
    }
  }

  // MARK: Operators

  private func negated(_ value: Value, _ line: Int) throws(Failure) -> Value {
    switch value {
    case .int(let number) where number != .min: return .int(-number)
    case .real(let number): return .real(-number)
    default: throw Failure(line: line, reason: "\(value.kind) cannot be negated")
    }
  }

  func binary(
    _ operation: String, _ left: Value, _ right: Value, _ line: Int
  ) throws(Failure) -> Value {
    let unsupported = Failure(
      line: line, reason: "'\(operation)' between \(left.kind) and \(right.kind) is not supported")
    switch operation {
    case "==": return .bool(left == right)
    case "!=": return .bool(!(left == right))
    case "in": return .bool(try contains(right, left, line))
    case "~":
      guard let a = left.printed, let b = right.printed else { throw unsupported }
      try checkSize(a.utf8.count, plus: b.utf8.count, line)
      return .string(a + b)
    case "<", ">", "<=", ">=":
      guard let order = Self.order(left, right) else { throw unsupported }
      return .bool(
        operation == "<"
          ? order < 0 : operation == ">" ? order > 0 : operation == "<=" ? order <= 0 : order >= 0)
    case "+":
      if case .string(let a) = left, case .string(let b) = right {
        try checkSize(a.utf8.count, plus: b.utf8.count, line)
        return .string(a + b)
      }
      if case .list(let a) = left, case .list(let b) = right {
        try checkSize(a.count, plus: b.count, line)
        return .list(a + b)
      }
    case "*":
      if let product = try repeated(left, right, line) { return product }
    default: break
    }
    if operation != "/", let a = left.integer, let b = right.integer {
      guard let result = Self.integer(operation, a, b) else { throw unsupported }
      return .int(result)
    }
    guard let a = left.number, let b = right.number, let result = Self.real(operation, a, b) else {
      throw unsupported
    }
    return .real(result)
  }

  /// Text or a list, a number of times; `nil` for other values.
  private func repeated(_ left: Value, _ right: Value, _ line: Int) throws(Failure) -> Value? {
    let (value, count): (Value, Int)
    switch (left, right) {
    case (.string, .int(let times)), (.list, .int(let times)): (value, count) = (left, max(0, times))
    case (.int(let times), .string), (.int(let times), .list): (value, count) = (right, max(0, times))
    default: return nil
    }
    switch value {
    case .string(let text):
      try checkSize(text.utf8.count, times: count, line)
      return .string(String(repeating: text, count: count))
    case .list(let items):
      try checkSize(items.count, times: count, line)
      return .list((0..<count).flatMap { _ in items })
    default: return nil
    }
  }

  /// Demands that a text or list that is about to be made is not larger than a template needs.
  func checkSize(_ size: Int, times count: Int = 1, plus other: Int = 0, _ line: Int) throws(Failure) {
    let (product, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, product <= Self.outputLimit, other <= Self.outputLimit - product else {
      throw Failure(line: line, reason: "the template does too much work")
    }
  }

  /// Whole-number arithmetic as in Python: division and remainder round down. `nil` where it has no result.
  private static func integer(_ operation: String, _ a: Int, _ b: Int) -> Int? {
    let (result, overflow): (Int, Bool)
    switch operation {
    case "+": (result, overflow) = a.addingReportingOverflow(b)
    case "-": (result, overflow) = a.subtractingReportingOverflow(b)
    case "*": (result, overflow) = a.multipliedReportingOverflow(by: b)
    case "//", "%":
      guard b != 0, !(a == .min && b == -1) else { return nil }
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      let rounds = remainder != 0 && (remainder < 0) != (b < 0)
      return operation == "%" ? (rounds ? remainder + b : remainder) : (rounds ? quotient - 1 : quotient)
    case "**":
      guard (0...64).contains(b) else { return nil }
      (result, overflow) = (0..<b).reduce((1, false)) { power, _ in
        let (next, overflow) = power.0.multipliedReportingOverflow(by: a)
        return (next, power.1 || overflow)
      }
    default: return nil
    }
    return overflow ? nil : result
  }

  private static func real(_ operation: String, _ a: Double, _ b: Double) -> Double? {
    switch operation {
    case "+": a + b
    case "-": a - b
    case "*": a * b
    case "/": b == 0 ? nil : a / b
    default: nil
    }
  }

  static func order(_ left: Value, _ right: Value) -> Int? {
    if case .string(let a) = left, case .string(let b) = right {
      if a.unicodeScalars.elementsEqual(b.unicodeScalars) { return 0 }
      return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) ? -1 : 1
    }
    guard let a = left.number, let b = right.number else { return nil }
    return a < b ? -1 : a > b ? 1 : 0
  }

  func contains(_ container: Value, _ value: Value, _ line: Int) throws(Failure) -> Bool {
    switch (container, value) {
    case (.list(let items), _): return items.contains { $0 == value }
    case (.namespace(let space), .string(let name)): return space.members[name] != nil
    case (.dict(let members), .string(let name)): return members.contains { $0.key == name }
    case (.dict, _), (.undefined, _): return false
    case (.string(let text), .string(let part)): return Jinja.range(of: part, in: text) != nil
    default:
      throw Failure(line: line, reason: "'in' with \(value.kind) and \(container.kind) is not supported")
    }
  }
}
