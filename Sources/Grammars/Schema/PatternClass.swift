/// Sets of characters that ECMAScript has a name for.
enum PatternClass {
  static let lineBreaks = ScalarSet("\n\r\u{2028}\u{2029}")

  private static let words = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  private static let spaces = ScalarSet([
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])

  /// What stands for a set, or for a control character, behind a backslash.
  static let escapes: [Unicode.Scalar: ScalarSet] = [
    "d": .digits, "D": ScalarSet.digits.inverted, "w": words, "W": words.inverted, "s": spaces,
    "S": spaces.inverted, "t": ScalarSet("\t"), "n": ScalarSet("\n"), "v": ScalarSet("\u{B}"),
    "f": ScalarSet("\u{C}"), "r": ScalarSet("\r"),
  ]
}
