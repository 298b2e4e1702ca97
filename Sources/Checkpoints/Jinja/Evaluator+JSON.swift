extension Jinja.Evaluator {
  /// JSON as Python writes it with `ensure_ascii=False`, which is how transformers has `tojson`.
  mutating func json(_ value: Value, _ arguments: Jinja.Values, _ line: Int) throws(Failure) -> Value {
    let ensuresASCII = arguments[name: "ensure_ascii"].map(\.isTrue) ?? false
    guard arguments.positional.isEmpty, !ensuresASCII,
      arguments.named.allSatisfy({ ["indent", "ensure_ascii"].contains($0.name) })
    else { throw Failure(line: line, reason: "the filter 'tojson' with these arguments is not supported") }
    var indent: Int?
    switch arguments[name: "indent"] {
    case nil, Value.none?: break
    case let width?:
      guard let number = width.integer else {
        throw Failure(line: line, reason: "'tojson' with \(width.kind) as indent is not supported")
      }
      indent = max(0, number)
      try charge(max(0, number), times: Self.valueDepthLimit, line)
    }
    var text = ""
    try write(value, indent, level: 0, to: &text, line)
    return .string(text)
  }

  private mutating func write(
    _ value: Value, _ indent: Int?, level: Int, to text: inout String, _ line: Int
  ) throws(Failure) {
    let before = text.utf8.count
    switch value {
    case .none: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .int(let number): text += "\(number)"
    case .real(let number) where number.isFinite: text += Value.printed(number)
    case .string(let string):
      try charge(8, times: string.utf8.count, line)
      Self.quote(string, to: &text)
    case .list(let list):
      text += "["
      for (index, item) in list.items.enumerated() {
        try separate(index, indent, level + 1, in: &text, line)
        try write(item, indent, level: level + 1, to: &text, line)
      }
      if !list.items.isEmpty { try breakLine(indent, level, in: &text, line) }
      text += "]"
      return
    case .dict(let mapping):
      text += "{"
      for (index, member) in mapping.members.enumerated() {
        try separate(index, indent, level + 1, in: &text, line)
        try charge(8, times: member.key.utf8.count, line)
        Self.quote(member.key, to: &text)
        text += ": "
        try write(member.value, indent, level: level + 1, to: &text, line)
      }
      if !mapping.members.isEmpty { try breakLine(indent, level, in: &text, line) }
      text += "}"
      return
    case .undefined, .namespace, .macro, .real:
      throw Failure(line: line, reason: "writing \(value.kind) as JSON is not supported")
    }
    try charge(text.utf8.count - before, line)
  }

  private mutating func separate(
    _ index: Int, _ indent: Int?, _ level: Int, in text: inout String, _ line: Int
  ) throws(Failure) {
    try charge(items: 1, line)
    if index > 0 { text += indent == nil ? ", " : "," }
    try breakLine(indent, level, in: &text, line)
  }

  private mutating func breakLine(
    _ indent: Int?, _ level: Int, in text: inout String, _ line: Int
  ) throws(Failure) {
    guard let indent else { return }
    try charge(indent, times: level, line)
    text += "\n" + String(repeating: " ", count: indent * level)
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{c}": text += "\\f"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
