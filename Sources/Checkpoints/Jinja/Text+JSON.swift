extension Jinja {
  /// JSON as Python writes it with `ensure_ascii=False`; `nil` for values JSON does not have.
  ///
  /// - Parameter indent: spaces of a level where every member has a line of its own.
  static func json(_ value: Value, indent: Int? = nil, level: Int = 0) -> String? {
    switch value {
    case .undefined, .namespace, .macro: return nil
    case .none: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return "\(number)"
    case .real(let number): return number.isFinite ? Value.printed(number) : nil
    case .string(let text): return quoted(text)
    case .list(let items):
      let parts = items.compactMap { json($0, indent: indent, level: level + 1) }
      return parts.count == items.count ? enclosed(parts, "[", "]", indent, level) : nil
    case .dict(let members):
      let parts = members.compactMap { member in
        json(member.value, indent: indent, level: level + 1).map { "\(quoted(member.key)): \($0)" }
      }
      return parts.count == members.count ? enclosed(parts, "{", "}", indent, level) : nil
    }
  }

  private static func enclosed(
    _ parts: [String], _ open: String, _ close: String, _ indent: Int?, _ level: Int
  ) -> String {
    guard let indent, !parts.isEmpty else { return open + parts.joined(separator: ", ") + close }
    let line = "\n" + String(repeating: " ", count: indent * (level + 1))
    let end = "\n" + String(repeating: " ", count: indent * level)
    return open + line + parts.joined(separator: "," + line) + end + close
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{c}": result += "\\f"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
