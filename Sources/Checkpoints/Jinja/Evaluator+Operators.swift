extension Jinja.Evaluator {
  func negated(_ value: Value, _ line: Int) throws(Failure) -> Value {
    if let number = value.integer, number != .min { return .int(-number) }
    if case .real(let number) = value { return .real(-number) }
    throw Failure(line: line, reason: "\(value.kind) cannot be negated")
  }

  mutating func binary(
    _ operation: String, _ left: Value, _ right: Value, _ line: Int
  ) throws(Failure) -> Value {
    let unsupported = Failure(
      line: line, reason: "'\(operation)' between \(left.kind) and \(right.kind) is not supported")
    switch operation {
    case "==": return .bool(try equal(left, right, line))
    case "!=": return .bool(!(try equal(left, right, line)))
    case "in": return .bool(try contains(right, left, line))
    case "~":
      guard let a = left.printed, let b = right.printed else { throw unsupported }
      return try joined(a, b, line)
    case "<", ">", "<=", ">=":
      guard let order = try order(left, right, line) else { throw unsupported }
      return .bool(Self.holds(operation, order))
    case "+":
      if case .string(let a) = left, case .string(let b) = right { return try joined(a, b, line) }
      if case .list(let a) = left, case .list(let b) = right {
        try charge(items: a.items.count + b.items.count, line)
        return try list(a.items + b.items, line)
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

  private mutating func joined(_ a: String, _ b: String, _ line: Int) throws(Failure) -> Value {
    try charge(a.utf8.count + b.utf8.count, line)
    return .string(a + b)
  }

  /// Text or a list, a number of times; `nil` for other values.
  private mutating func repeated(_ left: Value, _ right: Value, _ line: Int) throws(Failure) -> Value? {
    let (value, count): (Value, Int)
    switch (left.integer, right.integer) {
    case (nil, let times?): (value, count) = (left, max(0, times))
    case (let times?, nil): (value, count) = (right, max(0, times))
    default: return nil
    }
    switch value {
    case .string(let text):
      try charge(text.utf8.count, times: count, line)
      return .string(text.isEmpty ? "" : String(repeating: text, count: count))
    case .list(let items):
      try charge(items: items.items.count, line)
      try charge(Self.itemCost * items.items.count, times: count, line)
      let isEmpty = items.items.isEmpty
      return try list((0..<(isEmpty ? 0 : count)).flatMap { _ in items.items }, line)
    default: return nil
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

  // MARK: Comparison

  /// Whether two values are equal, as Python has it. Namespaces and macros are equal to themselves alone.
  mutating func equal(_ left: Value, _ right: Value, _ line: Int) throws(Failure) -> Bool {
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let a), .string(let b)):
      guard a.utf8.count == b.utf8.count else { return false }
      try charge(a.utf8.count, line)
      return a.utf8.elementsEqual(b.utf8)
    case (.list(let a), .list(let b)):
      guard a.items.count == b.items.count else { return false }
      for (a, b) in zip(a.items, b.items) {
        try charge(items: 1, line)
        guard try equal(a, b, line) else { return false }
      }
      return true
    case (.dict(let a), .dict(let b)):
      guard a.members.count == b.members.count else { return false }
      for member in a.members {
        try charge(items: b.members.count, line)
        guard let other = b[member.key], try equal(member.value, other, line) else { return false }
      }
      return true
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.macro(let a), .macro(let b)): return a === b
    default:
      if let a = left.integer, let b = right.integer { return a == b }
      if let a = left.number, let b = right.number { return a == b }
      return false
    }
  }

  /// Below zero, zero or above it as one text or number is less than, equal to or greater than another; NaN beside
  /// NaN. `nil` for values that have no order.
  mutating func order(_ left: Value, _ right: Value, _ line: Int) throws(Failure) -> Double? {
    if case .string(let a) = left, case .string(let b) = right {
      try charge(min(a.utf8.count, b.utf8.count), line)
      // UTF-8 has the order of the code points.
      if a.utf8.elementsEqual(b.utf8) { return 0 }
      return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    }
    if let a = left.integer, let b = right.integer { return a < b ? -1 : a > b ? 1 : 0 }
    guard let a = left.number, let b = right.number else { return nil }
    return a < b ? -1 : a > b ? 1 : a == b ? 0 : .nan
  }

  /// Whether a comparison holds for an order.
  static func holds(_ operation: String, _ order: Double) -> Bool {
    switch operation {
    case "<": order < 0
    case ">": order > 0
    case "<=": order <= 0
    default: order >= 0
    }
  }

  mutating func contains(_ container: Value, _ value: Value, _ line: Int) throws(Failure) -> Bool {
    switch (container, value) {
    case (.list(let list), _):
      for item in list.items {
        try charge(items: 1, line)
        if try equal(item, value, line) { return true }
      }
      return false
    case (.dict(let mapping), .string(let name)):
      try charge(items: mapping.members.count, line)
      return mapping[name] != nil
    case (.dict, .list), (.dict, .dict):
      throw Failure(line: line, reason: "'in' with \(value.kind) and \(container.kind) is not supported")
    case (.dict, _), (.undefined, _): return false
    case (.string(let text), .string(let part)):
      try charge(searching: text, for: part, line)
      return Jinja.range(of: part, in: text) != nil
    default:
      throw Failure(line: line, reason: "'in' with \(value.kind) and \(container.kind) is not supported")
    }
  }
}
