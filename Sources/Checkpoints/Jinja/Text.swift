import Plan

/// Python's text functions, on Unicode scalars as Python has them.
extension Jinja {
  typealias Scalars = ArraySlice<Unicode.Scalar>

  private static func scalars(_ text: String) -> Scalars { Array(text.unicodeScalars)[...] }

  private static func text(_ scalars: Scalars) -> String { String(String.UnicodeScalarView(scalars)) }

  /// Removes white space, or characters of a set, from the ends.
  static func strip(_ text: String, _ set: String?, left: Bool, right: Bool) -> String {
    let members = set.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool {
      members?.contains(scalar) ?? Trimming.isSpace(scalar)
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

  /// Splits at a separator from the end on, at most `limit` times if that is not negative.
  static func splitBackwards(_ text: String, _ separator: String, limit: Int) -> [String] {
    func turned(_ text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.reversed())) }
    return split(turned(text), turned(separator), limit: limit).reversed().map(turned)
  }

  /// Splits at white space.
  static func words(_ text: String) -> [String] {
    scalars(text).split(whereSeparator: Trimming.isSpace).map { self.text($0) }
  }

  /// Splits at white space, at most `limit` times if that is not negative; what is left keeps its end.
  static func words(_ text: String, limit: Int) -> [String] {
    guard limit >= 0 else { return words(text) }
    var parts: [String] = []
    var rest = scalars(text).drop(while: Trimming.isSpace)
    while parts.count < limit, let end = rest.firstIndex(where: Trimming.isSpace) {
      parts.append(self.text(rest[..<end]))
      rest = rest[end...].drop(while: Trimming.isSpace)
    }
    return rest.isEmpty ? parts : parts + [self.text(rest)]
  }

  /// Splits at the ends of lines.
  static func lines(_ text: String) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      if scalar == "\n", previous == "\r" { continue }
      switch scalar.value {
      case 0x0a...0x0d, 0x1c...0x1e, 0x85, 0x2028, 0x2029:
        lines.append(String(line))
        line = String.UnicodeScalarView()
      default: line.append(scalar)
      }
    }
    return line.isEmpty ? lines : lines + [String(line)]
  }

  /// Runs of letters, digits and underscores: what `\w+` finds.
  static func wordCount(_ text: String) -> Int {
    var count = 0
    var isWithin = false
    for scalar in text.unicodeScalars {
      let isWord =
        scalar == "_" || scalar.properties.numericType != nil || scalar.properties.generalCategory.isLetter
      if isWord, !isWithin { count += 1 }
      isWithin = isWord
    }
    return count
  }
}
