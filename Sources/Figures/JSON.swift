/// A JSON document, written without Foundation. Object keys keep their order.
public enum JSON: Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A number; not-finite ones are written as `null`, which JSON has for them.
  case number(Double)
  /// Text.
  case string(String)
  /// An array.
  case array([JSON])
  /// An object, in order.
  case object([(key: String, value: JSON)])

  /// An object from a literal-like list.
  public static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(members.map { (key: $0.key, value: $0.value) })
  }

  /// An array of whole numbers.
  public static func integers(_ values: [some BinaryInteger]) -> JSON {
    .array(values.map { .integer(Int($0)) })
  }
  /// An array of numbers.
  public static func numbers(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }

  /// The document as text, indented by two spaces a level; arrays of scalars stay on one line.
  public var text: String {
    var result = ""
    write(to: &result, indent: 0)
    return result
  }

  /// The document on one line, for JSON Lines.
  public var line: String {
    var result = ""
    write(to: &result, indent: nil)
    return result
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value): text += Self.number(value)
    case .string(let value): Self.quote(value, to: &text)
    case .array(let values):
      let inner = values.allSatisfy(\.isScalar) ? nil : indent
      Self.list(values, "[", "]", indent: inner, to: &text) {
        $0.write(to: &$1, indent: inner.map { $0 + 1 })
      }
    case .object(let members):
      Self.list(members, "{", "}", indent: indent, to: &text) { member, text in
        Self.quote(member.key, to: &text)
        text += ": "
        member.value.write(to: &text, indent: indent.map { $0 + 1 })
      }
    }
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int64(value))" }
    return "\(value)"
  }

  private static func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, indent: Int?, to text: inout String,
    _ write: (Element, inout String) -> Void
  ) {
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += indent == nil ? ", " : "," }
      if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
      write(element, &text)
    }
    if let indent, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      // JSON would allow the others; a terminal that shows it would obey them.
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
