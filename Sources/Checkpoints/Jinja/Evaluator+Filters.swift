extension Jinja.Evaluator {
  /// Applies a filter.
  mutating func filter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value {
    try count(line)
    if let result = try textFilter(name, value, arguments, line) { return result }
    if let result = try listFilter(name, value, arguments, line) { return result }
    switch (name, arguments.positional.count) {
    case ("default", 0...2), ("d", 0...2):
      let replacement = arguments[0] ?? arguments.named["default_value"] ?? .string("")
      let replacesFalse = (arguments[1] ?? arguments.named["boolean"])?.isTrue ?? false
      if case .undefined = value { return replacement }
      return replacesFalse && !value.isTrue ? replacement : value
    case ("tojson", _):
      if let text = try json(value, arguments, line) { return .string(text) }
    case ("string", 0), ("safe", 0):
      if let text = value.printed { return .string(text) }
    case ("int", 0...1):
      if let number = value.integer { return .int(number) }
      if case .real(let number) = value, let whole = Int(exactly: number.rounded(.towardZero)) {
        return .int(whole)
      }
      if case .string(let text) = value {
        let digits = Jinja.strip(text, nil, left: true, right: true)
        return Int(digits).map { .int($0) } ?? arguments[0] ?? .int(0)
      }
    case ("float", 0...1):
      if let number = value.number { return .real(number) }
      if case .string(let text) = value { return Double(text).map { .real($0) } ?? arguments[0] ?? .real(0) }
    case ("abs", 0):
      if let number = value.integer, number != .min { return .int(abs(number)) }
      if case .real(let number) = value { return .real(abs(number)) }
    case ("items", 0):
      if case .dict(let members) = value {
        return .list(members.map { .list([.string($0.key), $0.value]) })
      }
      if case .undefined = value { return .list([]) }
    case ("dictsort", 0) where arguments.named.isEmpty:
      if case .dict(let members) = value {
        let sorted = members.sorted { $0.key.lowercased() < $1.key.lowercased() }
        return .list(sorted.map { .list([.string($0.key), $0.value]) })
      }
    default: break
    }
    throw Failure(
      line: line,
      reason:
        "the filter '\(name)' of \(value.kind) with \(arguments.positional.count) arguments is not supported")
  }

  private func textFilter(
    _ name: String, _ value: Value, _ arguments: Jinja.Values, _ line: Int
  ) throws(Failure) -> Value? {
    guard case .string(let text) = value, arguments.named.isEmpty else { return nil }
    switch (name, arguments[0], arguments[1]) {
    case ("trim", nil, nil): return .string(Jinja.strip(text, nil, left: true, right: true))
    case ("trim", .string(let set)?, nil): return .string(Jinja.strip(text, set, left: true, right: true))
    case ("upper", nil, nil): return .string(text.uppercased())
    case ("lower", nil, nil): return .string(text.lowercased())
    case ("title", nil, nil): return .string(Jinja.titleWords(text))
    case ("capitalize", nil, nil): return .string(Jinja.capitalized(text))
    case ("replace", .string(let old)?, .string(let new)?):
      return .string(try replaced(text, old, new, limit: -1, line))
    case ("indent", let width, let first):
      return .string(try indented(text, width?.integer ?? 4, first: first?.isTrue ?? false, line))
    case ("reverse", nil, nil):
      return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
    case ("wordcount", nil, nil): return .int(Jinja.words(text).count)
    default: return nil
    }
  }

  private func indented(
    _ text: String, _ width: Int, first: Bool, _ line: Int
  ) throws(Failure) -> String {
    try checkSize(text.utf8.count, times: max(1, width), plus: text.utf8.count, line)
    let space = String(repeating: " ", count: max(0, width))
    let lines = Jinja.split(text, "\n", limit: -1).enumerated()
    return lines.map { $0 == 0 && !first || ($0 > 0 && $1.isEmpty) ? $1 : space + $1 }.joined(separator: "\n")
  }

  private func json(_ value: Value, _ arguments: Jinja.Values, _ line: Int) throws(Failure) -> String? {
    let indent = arguments.named["indent"] ?? arguments[0]
    guard arguments.positional.count <= 1,
      arguments.named.keys.allSatisfy(["indent", "ensure_ascii"].contains),
      arguments.named["ensure_ascii"].map({ !$0.isTrue }) ?? true
    else {
      throw Failure(line: line, reason: "the filter 'tojson' with these arguments is not supported")
    }
    guard let width = indent?.integer else { return Jinja.json(value) }
    try checkSize(max(1, width), times: 64, line)
    return Jinja.json(value, indent: width)
  }
}
