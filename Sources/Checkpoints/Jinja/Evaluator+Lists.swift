import JSONReading

extension Jinja.Evaluator {
  /// Applies a filter that works on the elements of a value; `nil` when the filter is no such one.
  mutating func listFilter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value? {
    let isPlain = arguments.named.isEmpty
    switch (name, arguments.positional.count) {
    case ("length", 0) where isPlain, ("count", 0) where isPlain:
      if case .list(let list) = value { return .int(list.items.count) }
      return .int(try elements(of: value, line).count)
    case ("first", 0) where isPlain:
      return try elements(of: value, line).first ?? .undefined("first of an empty sequence")
    case ("last", 0) where isPlain:
      return try elements(of: value, line).last ?? .undefined("last of an empty sequence")
    case ("list", 0) where isPlain: return try list(try elements(of: value, line), line)
    case ("reverse", 0) where isPlain: return try list(try elements(of: value, line).reversed(), line)
    case ("unique", 0) where isPlain: return try list(try unique(try elements(of: value, line), line), line)
    case ("sort", 0) where arguments.named.allSatisfy({ $0.name == "attribute" }):
      let items = try elements(of: value, line)
      guard let attribute = arguments[name: "attribute"] else {
        return try list(try ordered(items, line).map { items[$0] }, line)
      }
      guard case .string(let path) = attribute else { return nil }
      let keys = try members(path, of: items, line)
      return try list(try ordered(keys, line).map { items[$0] }, line)
    case ("min", 0) where isPlain:
      let items = try elements(of: value, line)
      return try ordered(items, line).first.map { items[$0] } ?? .undefined("minimum")
    case ("max", 0) where isPlain:
      let items = try elements(of: value, line)
      return try ordered(items, line, descending: true).first.map { items[$0] } ?? .undefined("maximum")
    case ("sum", 0) where isPlain:
      var sum = Value.int(0)
      for element in try elements(of: value, line) { sum = try binary("+", sum, element, line) }
      return sum
    case ("join", 0...2) where arguments.named.allSatisfy({ ["d", "attribute"].contains($0.name) }):
      var items = try elements(of: value, line)
      if let attribute = arguments[1] ?? arguments[name: "attribute"] {
        guard case .string(let path) = attribute else { return nil }
        items = try members(path, of: items, line)
      }
      let separator = arguments[0] ?? arguments[name: "d"] ?? .string("")
      guard let separator = separator.printed else { return nil }
      return .string(try joined(items, by: separator, line))
    case ("map", 0...): return try list(try mapped(try elements(of: value, line), arguments, line), line)
    case ("select", 0...) where isPlain, ("reject", 0...) where isPlain,
      ("selectattr", 1...) where isPlain, ("rejectattr", 1...) where isPlain:
      return try list(try chosen(name, try elements(of: value, line), arguments, line), line)
    default: return nil
    }
  }

  /// The members of one name, also of members: `a.b`.
  private mutating func members(_ path: String, of items: [Value], _ line: Int) throws(Failure) -> [Value] {
    var values = items
    try charge(searching: path, for: ".", line)
    for name in Jinja.split(path, ".", limit: -1) {
      let isNumber = !name.isEmpty && name.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
      let key = isNumber ? Int(name).map { Value.int($0) } ?? .string(name) : .string(name)
      try charge(items: values.count, line)
      for (index, value) in values.enumerated() { values[index] = try item(of: value, key, line) }
    }
    return values
  }

  private mutating func mapped(
    _ items: [Value], _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> [Value] {
    if let attribute = arguments[name: "attribute"], arguments.positional.isEmpty {
      guard case .string(let path) = attribute,
        arguments.named.allSatisfy({ ["attribute", "default"].contains($0.name) })
      else { throw Failure(line: line, reason: "the filter 'map' with these arguments is not supported") }
      let values = try members(path, of: items, line)
      guard let standard = arguments[name: "default"] else { return values }
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
  private mutating func chosen(
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
    let rest = Array(arguments.positional.dropFirst(isByAttribute ? 1 : 0))
    var kept: [Value] = []
    for (element, value) in zip(items, values) {
      try step(line)
      var holds = value.isTrue
      if let inner = rest.first {
        guard case .string(let inner) = inner else {
          throw Failure(line: line, reason: "the filter '\(name)' needs the name of a test")
        }
        holds = try test(inner, value, Jinja.Values(positional: Array(rest.dropFirst())), line)
      }
      if holds == name.hasPrefix("select") { kept.append(element) }
    }
    return kept
  }

  // MARK: Order

  /// What the filters compare: texts without their case.
  private mutating func folded(_ items: [Value], _ line: Int) throws(Failure) -> [Value] {
    var keys: [Value] = []
    for item in items {
      if case .string(let text) = item {
        try charge(8, times: 1 + text.utf8.count, line)
        keys.append(.string(Jinja.lower(text)))
      } else {
        try charge(items: 1, line)
        keys.append(item)
      }
    }
    return keys
  }

  private mutating func unique(_ items: [Value], _ line: Int) throws(Failure) -> [Value] {
    enum Key: Hashable {
      case none
      case undefined
      case number(Double)
      case integer(Int)
      case text(ExactString)
    }
    var seen: Set<Key> = []
    var kept: [Value] = []
    for (item, folded) in zip(items, try folded(items, line)) {
      let key: Key
      switch folded {
      case .none: key = .none
      case .undefined: key = .undefined
      case .string(let text): key = .text(ExactString(text))
      case .bool, .int: key = .integer(folded.integer ?? 0)
      case .real(let number): key = Int(exactly: number).map { .integer($0) } ?? .number(number)
      default: throw Failure(line: line, reason: "the filter 'unique' of \(item.kind) is not supported")
      }
      try charge(items: 2, line)
      if seen.insert(key).inserted { kept.append(item) }
    }
    return kept
  }

  /// Places of the items in their order, or the reverse; those that are equal stay as they are.
  mutating func ordered(
    _ items: [Value], _ line: Int, descending: Bool = false
  ) throws(Failure) -> [Int] {
    let keys = try folded(items, line)
    guard let first = keys.first else { return [] }
    var size = keys.count
    for (item, key) in zip(items, keys) {
      guard let order = try order(first, key, line), !order.isNaN else {
        throw Failure(line: line, reason: "ordering \(items[0].kind) and \(item.kind) is not supported")
      }
      if case .string(let text) = key { size += text.utf8.count }
    }
    // Each item is compared about as often as the logarithm of their count.
    try charge(size, times: 2 * (Int.bitWidth - keys.count.leadingZeroBitCount), line)
    return keys.indices.sorted {
      let isLess = Self.isLess(keys[$0], keys[$1])
      let isGreater = Self.isLess(keys[$1], keys[$0])
      return isLess == isGreater ? $0 < $1 : isLess != descending
    }
  }

  private static func isLess(_ left: Value, _ right: Value) -> Bool {
    if case .string(let a) = left, case .string(let b) = right {
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    }
    if let a = left.integer, let b = right.integer { return a < b }
    return (left.number ?? 0) < (right.number ?? 0)
  }
}
