/// Questions about the characters beside a position in valid UTF-8.
enum CharacterClass {
  /// Whether no word character touches `range` on either side.
  static func standsAlone(_ range: Range<Int>, in text: ArraySlice<UInt8>) -> Bool {
    let before = lastScalar(of: text[..<range.lowerBound])
    let after = firstScalar(of: text[range.upperBound...])
    return !(before.map(isWord) ?? false) && !(after.map(isWord) ?? false)
  }

  /// Start of the white space that ends at `position`.
  static func whiteSpaceStart(
    before position: Int, in text: ArraySlice<UInt8>, from least: Int? = nil
  ) -> Int {
    var start = position
    while start > least ?? text.startIndex, let scalar = lastScalar(of: text[..<start]),
      scalar.properties.isWhitespace
    {
      start -= UTF8.width(scalar)
    }
    return start
  }

  /// End of the white space that starts at `position`.
  static func whiteSpaceEnd(after position: Int, in text: ArraySlice<UInt8>) -> Int {
    var end = position
    while let scalar = firstScalar(of: text[end...]), scalar.properties.isWhitespace {
      end += UTF8.width(scalar)
    }
    return end
  }

  /// `\w` of Unicode regular expressions (UTS #18): letters, marks, digits, connectors, joiners.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    guard isKnown(scalar, in: 16) else { return false }
    if scalar.properties.isAlphabetic || scalar.properties.isJoinControl { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return false
    }
  }

  /// Numbers of every kind: digits, letters and others.
  static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  /// Unicode's punctuation, by the original's old tables, and all of ASCII's.
  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    // CANADIAN SYLLABICS CHI SIGN and SHARADA SANDHI MARK are no longer.
    if scalar.value == 0x166D || scalar.value == 0x111C9 { return true }
    guard isKnown(scalar, in: 8) else { return false }
    return switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      true
    default: scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F && !isWord(scalar)
    }
  }

  /// Whether a version of Unicode has the character.
  static func isKnown(_ scalar: Unicode.Scalar, in version: Int) -> Bool {
    // All versions have these; asking for an age costs more.
    scalar.value < 0x300 || scalar.properties.age.map { $0.major <= version } ?? true
  }

  private static func firstScalar(of text: ArraySlice<UInt8>) -> Unicode.Scalar? {
    String(decoding: text.prefix(4), as: UTF8.self).unicodeScalars.first
  }

  private static func lastScalar(of text: ArraySlice<UInt8>) -> Unicode.Scalar? {
    String(decoding: text.suffix(4), as: UTF8.self).unicodeScalars.last
  }
}
