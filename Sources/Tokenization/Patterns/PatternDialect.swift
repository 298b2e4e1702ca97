/// Rewrites a Hugging Face split pattern so that PCRE2 matches what the original's engine (Oniguruma) does.
///
/// Both treat `\s` as white space, but PCRE2 adds U+180E MONGOLIAN VOWEL SEPARATOR, which has been no space
/// since Unicode 6.3. An explicit class has the right members in every version of PCRE2.
enum PatternDialect {
  /// Members of Unicode's White_Space, as the inside of a class.
  static let whiteSpace = #"\t-\r\x{85}\p{Z}"#

  static func translated(_ pattern: String) -> String {
    var result = ""
    var inClass = false
    var scalars = pattern.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      switch scalar {
      case "\\":
        guard let escaped = scalars.next() else { return result + "\\" }
        switch (escaped, inClass) {
        case ("s", true): result += whiteSpace
        case ("s", false): result += "[\(whiteSpace)]"
        case ("S", false): result += "[^\(whiteSpace)]"
        default:
          result.unicodeScalars.append(scalar)
          result.unicodeScalars.append(escaped)
        }
        continue
      case "[": inClass = true
      case "]": inClass = false
      default: break
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
