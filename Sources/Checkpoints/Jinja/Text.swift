/// Python's text functions, on Unicode scalars as Python has them.
extension Jinja {
  typealias Scalars = ArraySlice<Unicode.Scalar>

  private static func scalars(_ text: String) -> Scalars { Array(text.unicodeScalars)[...] }

  private static func text(_ scalars: Scalars) -> String { String(String.UnicodeScalarView(scalars)) }

  /// Removes white space, or characters of a set, from the ends.
  static func strip(_ text: String, _ set: String?, left: Bool, right: Bool) -> String {
    let members = set.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool {
      members?.contains(scalar) ?? scalar.properties.isWhitespace
    }
    var rest = scalars(text)
    while left, let first = rest.first, goes(first) { rest.removeFirst() }
    while right, let last = rest.last, goes(last) { rest.removeLast() }
    return self.text(rest)
  }

  /// Where a part is in a text, in scalars.
  static func range(of part: String, in text: String) -> Range<Int>? {
    range(of: scalars(part), in: scalars(text))
  }

  private static func range(of part: Scalars, in text: Scalars) -> Range<Int>? {
    guard part.count <= text.count else { return nil }
    return (text.startIndex...text.endIndex - part.count)
      .first { text[$0...].starts(with: part) }
      .map { $0..<$0 + part.count }
  }

  /// Splits at a separator, at most `limit` times if that is not negative.
  static func split(_ text: String, _ separator: String, limit: Int) -> [String] {
    var parts: [String] = []
    var rest = scalars(text)
    let separator = scalars(separator)
    while limit < 0 || parts.count < limit, let found = range(of: separator, in: rest) {
      parts.append(self.text(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return parts + [self.text(rest)]
  }

  /// Replaces parts, at most `limit` of them if that is not negative.
  static func replace(_ text: String, _ old: String, _ new: String, limit: Int) -> String {
    old.isEmpty ? text : split(text, old, limit: limit).joined(separator: new)
  }

  /// Splits at white space.
  static func words(_ text: String) -> [String] {
    scalars(text).split(whereSeparator: \.properties.isWhitespace).map { self.text($0) }
  }

  /// The first letter in upper case, the others in lower case.
  static func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst().lowercased()
  }

  /// Each word capitalised.
  static func title(_ text: String) -> String {
    var result = ""
    var startsWord = true
    for character in text {
      result += startsWord ? character.uppercased() : character.lowercased()
      startsWord = !character.isLetter
    }
    return result
  }

  /// JSON as Python writes it with `ensure_ascii=False`; `nil` for values JSON does not have.
  static func json(_ value: Value) -> String? {
    switch value {
    case .undefined, .namespace, .real: return nil
    case .none: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return "\(number)"
    case .string(let text): return quoted(text)
    case .list(let items):
      let parts = items.compactMap(json)
      return parts.count == items.count ? "[\(parts.joined(separator: ", "))]" : nil
    case .dict(let members):
      let parts = members.compactMap { member in json(member.value).map { "\(quoted(member.key)): \($0)" } }
      return parts.count == members.count ? "{\(parts.joined(separator: ", "))}" : nil
    }
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
