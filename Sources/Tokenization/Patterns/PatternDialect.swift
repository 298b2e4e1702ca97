/// Rewrites a Hugging Face split pattern so that PCRE2 matches what the original's engine (Oniguruma) does.
///
/// Two things differ. PCRE2's `\s` has U+180E MONGOLIAN VOWEL SEPARATOR, which has been no space since Unicode
/// 6.3; an explicit class has the right members in every version. And properties miss characters that are
/// younger than PCRE2's tables, see `UnicodeSupplement`. Negated escapes inside a class are left as they are:
/// no class syntax of PCRE2 10.42 could say them.
enum PatternDialect {
  /// Members of Unicode's White_Space, as the inside of a class.
  static let whiteSpace = #"\t-\r\x{85}\p{Z}"#

  static func translated(_ pattern: String) -> String {
    var result = ""
    var inClass = false
    var classIsEmpty = false  // then a closing bracket is a member
    var rest = Substring(pattern).unicodeScalars
    while let scalar = rest.popFirst() {
      if scalar == "\\" {
        result += escape(&rest, inClass: inClass)
        classIsEmpty = false
        continue
      }
      result.unicodeScalars.append(scalar)
      switch (scalar, inClass) {
      case ("[", false): (inClass, classIsEmpty) = (true, true)
      case ("^", true) where classIsEmpty && result.hasSuffix("[^"): break
      case ("]", true) where !classIsEmpty: inClass = false
      default: classIsEmpty = false
      }
    }
    return result
  }

  /// The escape sequence after a backslash, rewritten.
  private static func escape(_ rest: inout Substring.UnicodeScalarView, inClass: Bool) -> String {
    guard let letter = rest.popFirst() else { return "\\" }
    switch (letter, inClass) {
    case ("s", true): return whiteSpace
    case ("s", false): return "[\(whiteSpace)]"
    case ("S", false): return "[^\(whiteSpace)]"
    case ("p", _), ("P", _):
      guard let name = propertyName(&rest) else { return "\\\(letter)" }
      let members = UnicodeSupplement.classMembers(name)
      if members.isEmpty || (letter == "P" && inClass) { return "\\\(letter){\(name)}" }
      if inClass { return "\\p{\(name)}\(members)" }
      return "[\(letter == "P" ? "^" : "")\\p{\(name)}\(members)]"
    default: return "\\\(letter)"
    }
  }

  /// Takes `{Name}`, or a single letter, off the front; `nil`, taking nothing, for anything else.
  private static func propertyName(_ rest: inout Substring.UnicodeScalarView) -> String? {
    guard let first = rest.first else { return nil }
    if first != "{" {
      guard first.properties.isAlphabetic else { return nil }
      rest.removeFirst()
      return String(first)
    }
    guard let end = rest.firstIndex(of: "}") else { return nil }
    let name = String(rest[rest.index(after: rest.startIndex)..<end])
    rest = rest[rest.index(after: end)...]
    return name
  }
}
