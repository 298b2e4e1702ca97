import Plan

/// Python's changes of case, code point by code point.
extension Jinja {
  static func upper(_ text: String) -> String {
    mapped(text) { scalar, _ in scalar.properties.uppercaseMapping }
  }

  static func lower(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    return mapped(text) { _, place in lowered(scalars, place) }
  }

  /// The first character in title case, the others in lower case.
  static func capitalized(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    return mapped(text) { scalar, place in
      place == 0 ? scalar.properties.titlecaseMapping : lowered(scalars, place)
    }
  }

  /// Each run of characters with case capitalised: `str.title`.
  static func title(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var followsCase = false
    return mapped(text) { scalar, place in
      defer { followsCase = scalar.properties.isCased }
      return followsCase ? lowered(scalars, place) : scalar.properties.titlecaseMapping
    }
  }

  /// What follows white space, a dash or an opening bracket in upper case: the filter `title`.
  static func titleWords(_ text: String) -> String {
    var result = ""
    var word: [Unicode.Scalar] = []
    func flush() {
      for (place, scalar) in word.enumerated() {
        // The rest is lowered by itself: what is in front of it does not count.
        result +=
          place == 0 ? scalar.properties.uppercaseMapping : lowered(Array(word.dropFirst()), place - 1)
      }
      word = []
    }
    for scalar in text.unicodeScalars {
      if Trimming.isSpace(scalar) || "-([{<".unicodeScalars.contains(scalar) {
        flush()
        result.unicodeScalars.append(scalar)
      } else {
        word.append(scalar)
      }
    }
    flush()
    return result
  }

  /// Whether there are characters with case, all of them in upper case.
  static func isUpper(_ text: String) -> Bool {
    var sawUpper = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isLowercase || scalar.properties.generalCategory == .titlecaseLetter {
        return false
      }
      if scalar.properties.isUppercase { sawUpper = true }
    }
    return sawUpper
  }

  /// Whether there are characters with case, all of them in lower case.
  static func isLower(_ text: String) -> Bool {
    var sawLower = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter {
        return false
      }
      if scalar.properties.isLowercase { sawLower = true }
    }
    return sawLower
  }

  private static func mapped(_ text: String, _ change: (Unicode.Scalar, Int) -> String) -> String {
    var result = ""
    for (place, scalar) in text.unicodeScalars.enumerated() { result += change(scalar, place) }
    return result
  }

  /// One character in lower case; a capital sigma at the end of a word becomes the final one.
  private static func lowered(_ scalars: [Unicode.Scalar], _ place: Int) -> String {
    let scalar = scalars[place]
    guard scalar == "\u{3A3}" else { return scalar.properties.lowercaseMapping }
    func isCased(_ scalar: Unicode.Scalar?) -> Bool { scalar?.properties.isCased ?? false }
    let before = scalars[..<place].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(place + 1)...].first { !$0.properties.isCaseIgnorable }
    return isCased(before) && !isCased(after) ? "\u{3C2}" : "\u{3C3}"
  }
}
