extension Jinja.Evaluator {
  /// Applies a filter.
  mutating func filter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value {
    // A filter may be applied by another: `map('map', 'map', ...)`.
    defer { leave() }
    try enter(line)
    try step(line)
    if let result = try textFilter(name, value, arguments, line) { return result }
    if let result = try listFilter(name, value, arguments, line) { return result }
    let isPlain = arguments.named.isEmpty
    switch (name, arguments.positional.count) {
    case ("default", 0...2), ("d", 0...2):
      guard arguments.named.allSatisfy({ ["default_value", "boolean"].contains($0.name) }) else { break }
      let replacement = arguments[0] ?? arguments[name: "default_value"] ?? .string("")
      let replacesFalse = (arguments[1] ?? arguments[name: "boolean"])?.isTrue ?? false
      if case .undefined = value { return replacement }
      return replacesFalse && !value.isTrue ? replacement : value
    case ("tojson", _): return try json(value, arguments, line)
    case ("string", 0) where isPlain, ("safe", 0) where isPlain:
      if let text = value.printed { return .string(text) }
    case ("int", 0...1) where isPlain:
      if let number = value.integer { return .int(number) }
      if case .real(let number) = value, let whole = Self.whole(number) { return whole }
      if case .string(let text) = value {
        try charge(8, times: 1 + text.utf8.count, line)
        if let number = Jinja.integer(text) { return .int(number) }
        guard let number = Jinja.real(text), number.isFinite else { return arguments[0] ?? .int(0) }
        if let whole = Self.whole(number) { return whole }
      }
    case ("float", 0...1) where isPlain:
      if let number = value.number { return .real(number) }
      if case .string(let text) = value {
        try charge(8, times: 1 + text.utf8.count, line)
        return Jinja.real(text).map { .real($0) } ?? arguments[0] ?? .real(0)
      }
    case ("abs", 0) where isPlain:
      if let number = value.integer, number != .min { return .int(abs(number)) }
      if case .real(let number) = value { return .real(abs(number)) }
    case ("items", 0) where isPlain:
      if case .dict(let mapping) = value { return try items(of: mapping, line) }
      if case .undefined = value { return .list([]) }
    case ("dictsort", 0) where isPlain:
      if case .dict(let mapping) = value {
        let keys: [Value] = mapping.members.map { .string($0.key) }
        let places = try ordered(keys, line)
        return try items(of: Jinja.Mapping(places.map { mapping.members[$0] }), line)
      }
    default: break
    }
    throw Failure(
      line: line,
      reason:
        "the filter '\(name)' of \(value.kind) with \(arguments.positional.count + arguments.named.count) "
        + "arguments is not supported")
  }

  /// A number without what is behind its point; `nil` where that is larger than an integer is here.
  private static func whole(_ number: Double) -> Value? {
    Int(exactly: number.rounded(.towardZero)).map { .int($0) }
  }

  private mutating func textFilter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value? {
    guard case .string(let text) = value, arguments.named.isEmpty, arguments.positional.count <= 2 else {
      return nil
    }
    try charge(text.utf8.count, line)
    switch (name, arguments[0], arguments[1]) {
    case ("trim", nil, nil):
      try charge(8, times: text.utf8.count, line)
      return .string(Jinja.strip(text, nil, left: true, right: true))
    case ("trim", .string(let set)?, nil):
      try charge(8, times: text.utf8.count + set.utf8.count, line)
      return .string(Jinja.strip(text, set, left: true, right: true))
    case ("upper", nil, nil): return try changed(text, Jinja.upper, line)
    case ("lower", nil, nil): return try changed(text, Jinja.lower, line)
    case ("title", nil, nil): return try changed(text, Jinja.titleWords, line)
    case ("capitalize", nil, nil): return try changed(text, Jinja.capitalized, line)
    case ("replace", .string(let old)?, .string(let new)?):
      return .string(try replaced(text, old, new, limit: -1, line))
    case ("indent", let width, let first):
      return .string(try indented(text, by: width ?? .int(4), first: first?.isTrue ?? false, line))
    case ("reverse", nil, nil):
      return try changed(text, { String(String.UnicodeScalarView($0.unicodeScalars.reversed())) }, line)
    case ("wordcount", nil, nil):
      try charge(8, times: text.utf8.count, line)
      return .int(Jinja.wordCount(text))
    default: return nil
    }
  }

  private mutating func changed(
    _ text: String, _ change: (String) -> String, _ line: Int
  ) throws(Failure) -> Value {
    try charge(8, times: text.utf8.count, line)
    return try self.text(change(text), line)
  }

  private mutating func indented(
    _ text: String, by width: Value, first: Bool, _ line: Int
  ) throws(Failure) -> String {
    let space: String
    if let count = width.integer {
      try charge(max(0, count), line)
      space = String(repeating: " ", count: max(0, count))
    } else if case .string(let text) = width {
      space = text
    } else {
      throw Failure(line: line, reason: "indenting by \(width.kind) is not supported")
    }
    try charge(8, times: text.utf8.count, line)
    let lines = Jinja.lines(text + "\n")
    try charge(Self.itemCost + space.utf8.count, times: 1 + lines.count, line)
    let rest = lines.dropFirst().map { $0.isEmpty ? $0 : space + $0 }
    return (first ? space : "") + ([lines.first ?? ""] + rest).joined(separator: "\n")
  }
}
