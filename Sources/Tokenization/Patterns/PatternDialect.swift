/// Rewrites a Hugging Face pattern so that PCRE2 matches what the original's engine does (Oniguruma with the syntax
/// of Ruby), and refuses what would mean something else.
///
/// PCRE2's `\s` has U+180E MONGOLIAN VOWEL SEPARATOR, which has been no space since Unicode 6.3, and its `\w` lacks
/// marks; explicit classes have the right members in every version. Properties miss characters that are younger
/// than PCRE2's tables, see `UnicodeSupplement`. Negated escapes inside a class are left as they are or refused:
/// no class syntax of PCRE2 10.42 could say them. Ruby writes `(?m)` for PCRE2's `(?s)`.
struct PatternDialect {
  /// Members of Unicode's White_Space, as the inside of a class.
  static let whiteSpace = #"\t-\r\x{85}\p{Z}"#
  static let digit = #"\p{Nd}"# + UnicodeSupplement.classMembers("Nd")
  /// Oniguruma's `\w` outside a class has the superscripts and fractions of Latin-1 too.
  static let word = classWord + #"\x{B2}\x{B3}\x{B9}\x{BC}-\x{BE}"#
  static let classWord =
    #"\p{Alphabetic}\p{M}\p{Pc}"# + ["L", "M"].map(UnicodeSupplement.classMembers).joined() + digit
  static let hexadecimal = "0-9A-Fa-f"

  private let source: [Unicode.Scalar]
  private var position = 0
  private var result = ""

  /// The pattern in PCRE2's syntax.
  static func translated(_ pattern: String) throws(TokenizationError) -> String {
    var dialect = PatternDialect(source: Array(pattern.unicodeScalars))
    while let scalar = dialect.take() {
      switch scalar {
      case "\\": try dialect.escape()
      case "[": try dialect.characterClass()
      case "(": try dialect.group()
      case "{": try dialect.interval()
      default: dialect.result.unicodeScalars.append(scalar)
      }
    }
    return dialect.result
  }

  private init(source: [Unicode.Scalar]) { self.source = source }

  private var next: Unicode.Scalar? { position < source.count ? source[position] : nil }

  private mutating func take() -> Unicode.Scalar? {
    guard position < source.count else { return nil }
    defer { position += 1 }
    return source[position]
  }

  private mutating func take(_ text: String) -> Bool {
    guard source[position...].starts(with: text.unicodeScalars) else { return false }
    position += text.unicodeScalars.count
    return true
  }

  private func unsupported(_ what: String) -> TokenizationError {
    .invalidPattern(reason: "\(what) is not supported", offset: utf8Offset(max(0, position - 1)))
  }

  private func utf8Offset(_ index: Int) -> Int { source[..<index].reduce(0) { $0 + UTF8.width($1) } }
}

// MARK: - Escapes

extension PatternDialect {
  /// Rewrites what follows a backslash outside a class.
  private mutating func escape() throws(TokenizationError) {
    guard let letter = take() else {
      throw .invalidPattern(reason: "ends with a backslash", offset: utf8Offset(position - 1))
    }
    switch letter {
    case "s": result += "[\(Self.whiteSpace)]"
    case "S": result += "[^\(Self.whiteSpace)]"
    case "d": result += "[\(Self.digit)]"
    case "D": result += "[^\(Self.digit)]"
    case "w": result += "[\(Self.word)]"
    case "W": result += "[^\(Self.word)]"
    case "h": result += "[\(Self.hexadecimal)]"
    case "H": result += "[^\(Self.hexadecimal)]"
    case "b": result += "(?:(?<=[\(Self.word)])(?![\(Self.word)])|(?<![\(Self.word)])(?=[\(Self.word)]))"
    case "B": result += "(?:(?<=[\(Self.word)])(?=[\(Self.word)])|(?<![\(Self.word)])(?![\(Self.word)]))"
    case "A", "z", "Z", "G", "K", "R": result += "\\\(letter)"
    case "p", "P": try property(letter, inClass: false)
    default: try character(letter)
    }
  }

  /// Rewrites what follows a backslash inside a class.
  private mutating func classEscape() throws(TokenizationError) {
    guard let letter = take() else {
      throw .invalidPattern(reason: "ends within a class", offset: utf8Offset(position - 1))
    }
    switch letter {
    case "s": result += Self.whiteSpace
    case "d": result += Self.digit
    case "w": result += Self.classWord
    case "h": result += Self.hexadecimal
    case "S", "D": result += "\\\(letter)"
    case "b": result += #"\x{8}"#
    case "p", "P": try property(letter, inClass: true)
    default: try character(letter)
    }
  }

  /// An escape that stands for one character.
  private mutating func character(_ letter: Unicode.Scalar) throws(TokenizationError) {
    switch letter {
    case "n", "t", "r", "f", "a", "e": result += "\\\(letter)"
    // PCRE2's is a class.
    case "v": result += #"\x{B}"#
    case "u": result += try "\\x{\(digits(4))}"
    case "x":
      if take("{") {
        let code = try digits(1...8)
        guard take("}") else { throw unsupported("this \\x") }
        result += "\\x{\(code)}"
      } else {
        let code = try digits(1...2)
        // A single byte of a longer character is no character.
        guard let value = UInt8(code, radix: 16), value < 0x80 else { throw unsupported("\\x\(code)") }
        result += "\\x{\(code)}"
      }
    default:
      if letter.isASCII, letter.properties.isAlphabetic || ("0"..."9").contains(letter) {
        throw unsupported("\\\(letter)")
      }
      result += letter.isASCII ? "\\\(letter)" : "\(letter)"
    }
  }

  private mutating func digits(_ count: Int) throws(TokenizationError) -> String {
    try digits(count...count)
  }

  private mutating func digits(_ count: ClosedRange<Int>) throws(TokenizationError) -> String {
    var digits = ""
    while digits.unicodeScalars.count < count.upperBound, let next, next.properties.isASCIIHexDigit,
      next.isASCII
    {
      digits.unicodeScalars.append(next)
      position += 1
    }
    guard count.contains(digits.unicodeScalars.count) else { throw unsupported("this escape") }
    return digits
  }

  /// `\p{Name}`, `\p{^Name}` or `\pN`, widened by young characters.
  private mutating func property(_ letter: Unicode.Scalar, inClass: Bool) throws(TokenizationError) {
    var name = ""
    var negated = letter == "P"
    if take("{") {
      if take("^") { negated.toggle() }
      while let scalar = take(), scalar != "}" { name.unicodeScalars.append(scalar) }
      guard position > 0, source[position - 1] == "}" else { throw unsupported("an unfinished property") }
    } else {
      guard let scalar = take(), scalar.isASCII, scalar.properties.isAlphabetic else {
        throw unsupported("a property without a name")
      }
      name = "\(scalar)"
    }
    name = Self.shortNames[name] ?? name
    let isScript = UnicodeSupplement.scripts.contains(name)
    guard isScript || UnicodeSupplement.ranges[name] != nil else { throw unsupported("\\p{\(name)}") }
    let members = UnicodeSupplement.classMembers(name)
    // Without its prefix PCRE2 counts characters of several scripts too.
    let property = (isScript ? "sc:" : "") + name
    if members.isEmpty || (negated && inClass) {
      result += "\\\(negated ? "P" : "p"){\(property)}"
    } else if inClass {
      result += "\\p{\(property)}\(members)"
    } else {
      result += "[\(negated ? "^" : "")\\p{\(property)}\(members)]"
    }
  }

  /// Longer names of categories, which PCRE2 lacks.
  private static let shortNames = [
    "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
    "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Number": "N", "Decimal_Number": "Nd",
    "Punctuation": "P", "Symbol": "S", "Separator": "Z", "Space_Separator": "Zs", "Alpha": "Alphabetic",
  ]
}

// MARK: - Brackets

extension PatternDialect {
  /// Copies a class, whose bracket has been taken.
  private mutating func characterClass() throws(TokenizationError) {
    result += take("^") ? "[^" : "["
    // Then a closing bracket is a member.
    var isEmpty = true
    while let scalar = take() {
      switch scalar {
      case "\\": try classEscape()
      case "[": throw unsupported("a class within a class")
      case "&" where next == "&": throw unsupported("an intersection of classes")
      case "]" where !isEmpty:
        result += "]"
        return
      default: result.unicodeScalars.append(scalar)
      }
      isEmpty = false
    }
    throw .invalidPattern(reason: "missing terminating ] for character class", offset: utf8Offset(position))
  }

  /// Copies the start of a group, whose parenthesis has been taken.
  private mutating func group() throws(TokenizationError) {
    // PCRE2 takes it for the start of a command.
    if next == "*" { throw unsupported("a quantifier without anything before it") }
    let isFirst = position == 1
    guard take("?") else {
      result += "("
      return
    }
    for plain in [":", "=", "!", ">", "<=", "<!"] where take(plain) {
      result += "(?" + plain
      return
    }
    if take("<"), let next, next != ">" {
      result += "(?<"
      return
    }
    if take("#") {
      while let scalar = take(), scalar != ")" { if scalar == "\\" { position += 1 } }
      return
    }
    var flags = ""
    while let flag = take() {
      switch flag {
      case "i", "-": flags.unicodeScalars.append(flag)
      // Ruby's "multi-line" lets the dot match line feeds.
      case "m": flags += "s"
      case ":":
        result += "(?\(flags):"
        return
      // In the middle its reach differs between the two.
      case ")" where isFirst:
        result += "(?\(flags))"
        return
      default: throw unsupported("(?\(flags)\(flag)")
      }
    }
    throw .invalidPattern(reason: "missing closing parenthesis", offset: utf8Offset(position))
  }

  /// Copies a quantifier in braces, whose first has been taken; other braces are characters.
  private mutating func interval() throws(TokenizationError) {
    guard let end = source[position...].firstIndex(of: "}"),
      source[position..<end].allSatisfy({ ("0"..."9").contains($0) || $0 == "," }),
      source[position..<end].count(where: { $0 == "," }) <= 1,
      source[position..<end].contains(where: { $0 != "," })
    else {
      result += #"\{"#
      return
    }
    let bounds = String(String.UnicodeScalarView(source[position..<end]))
    position = end + 1
    // To Ruby these are a second quantifier and an optional group.
    if next == "+" || (next == "?" && !bounds.contains(",")) {
      throw unsupported("{\(bounds)}\(next.map(String.init) ?? "")")
    }
    result += bounds.hasPrefix(",") ? "{0\(bounds)}" : "{\(bounds)}"
  }
}
