/// Reads a regular expression as JSON Schema has them, those of ECMAScript, as far as they are regular.
struct PatternParser {
  private var scanner: NotationScanner
  private var depth = 0

  init(_ text: String) { scanner = NotationScanner(text) }

  mutating func pattern() throws(GrammarError) -> CharacterPattern {
    let pattern = try alternatives()
    guard scanner.next == nil else { throw scanner.failure("')' stands without '('") }
    return pattern
  }

  private mutating func alternatives() throws(GrammarError) -> CharacterPattern {
    depth += 1
    defer { depth -= 1 }
    guard depth <= GrammarLimits.nesting else {
      throw scanner.failure("groups are nested deeper than \(GrammarLimits.nesting)")
    }
    var choices = [try sequence()]
    while scanner.take("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(GrammarError) -> CharacterPattern {
    var parts: [CharacterPattern] = []
    while let next = scanner.next, next != "|", next != ")" { parts.append(try repeated(try element())) }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func element() throws(GrammarError) -> CharacterPattern {
    let place = scanner.position
    switch scanner.take() {
    case "^": return .start
    case "$": return .end
    case ".": return .characters(PatternClass.lineBreaks.inverted)
    case "(": return try group(place)
    case "[": return .characters(try characterClass(place))
    case "\\": return .characters(try escape(place, inClass: false))
    case "*", "+", "?", "{": throw scanner.failure("a repetition stands without what it repeats", at: place)
    case "]", "}": throw scanner.failure("a bracket is closed that was not opened", at: place)
    case let scalar?: return .characters(ScalarSet([scalar.value...scalar.value]))
    case nil: throw scanner.failure("a character is expected")
    }
  }

  private mutating func group(_ place: Int) throws(GrammarError) -> CharacterPattern {
    if scanner.take("?") {
      if scanner.take("<"), scanner.next != "=", scanner.next != "!" {
        guard !scanner.name().isEmpty, scanner.take(">") else {
          throw scanner.failure("the name of the group is wrong", at: place)
        }
      } else if !scanner.take(":") {
        throw scanner.failure("looking ahead or behind is not regular", at: place)
      }
    }
    let inner = try alternatives()
    guard scanner.take(")") else { throw scanner.failure("the group does not end", at: place) }
    return inner
  }

  private mutating func repeated(_ item: CharacterPattern) throws(GrammarError) -> CharacterPattern {
    let place = scanner.position
    let limits: (least: Int, most: Int?)
    switch scanner.next {
    case "*": limits = (0, nil)
    case "+": limits = (1, nil)
    case "?": limits = (0, 1)
    case "{": limits = try braces()
    default: return item
    }
    switch item {
    case .start, .end: throw scanner.failure("'^' and '$' cannot be repeated", at: place)
    default: break
    }
    _ = scanner.take()
    // That as few as possible are matched changes nothing about which texts match.
    _ = scanner.take("?")
    if let most = limits.most, most < limits.least {
      throw scanner.failure("a repetition ends before it begins", at: place)
    }
    guard max(limits.least, limits.most ?? 0) <= GrammarLimits.patternStates else {
      throw .tooLarge(what: "repetitions", limit: GrammarLimits.patternStates)
    }
    if let next = scanner.next, "*+?{".unicodeScalars.contains(next) {
      throw scanner.failure("a repetition of a repetition")
    }
    return .repetition(item, least: limits.least, most: limits.most)
  }

  /// The numbers of `{n}`, `{n,}` or `{n,m}`, up to the closing brace.
  private mutating func braces() throws(GrammarError) -> (least: Int, most: Int?) {
    _ = scanner.take()
    guard let least = scanner.number() else { throw scanner.failure("a number is expected after '{'") }
    var most: Int? = least
    if scanner.take(",") { most = scanner.number() }
    guard scanner.next == "}" else { throw scanner.failure("'}' is expected") }
    return (least, most)
  }

  private mutating func characterClass(_ place: Int) throws(GrammarError) -> ScalarSet {
    let isInverted = scanner.take("^")
    var set = ScalarSet([])
    while let next = scanner.take() {
      if next == "]" { return isInverted ? set.inverted : set }
      let first = try member(next)
      guard scanner.next == "-", let second = scanner.second, second != "]" else {
        set = set.union(first)
        continue
      }
      _ = scanner.take()
      guard let scalar = scanner.take() else { break }
      let last = try member(scalar)
      guard let low = first.only, let high = last.only, low <= high else {
        throw scanner.failure("a range of characters is wrong")
      }
      set = set.union(ScalarSet([low...high]))
    }
    throw scanner.failure("the class of characters does not end", at: place)
  }

  private mutating func member(_ scalar: Unicode.Scalar) throws(GrammarError) -> ScalarSet {
    guard scalar == "\\" else { return ScalarSet([scalar.value...scalar.value]) }
    return try escape(scanner.position - 1, inClass: true)
  }

  /// What stands behind a backslash.
  private mutating func escape(_ place: Int, inClass: Bool) throws(GrammarError) -> ScalarSet {
    guard let scalar = scanner.take() else { throw scanner.failure("the escape does not end", at: place) }
    if let set = PatternClass.escapes[scalar] { return set }
    switch scalar {
    case "b" where inClass: return ScalarSet("\u{8}")
    case "0" where !("0"..."9").contains(scanner.next ?? "a"): return ScalarSet("\0")
    case "x": return try number(scanner.hexadecimal(2), place)
    case "u":
      if scanner.take("{") {
        var digits = ""
        while let digit = scanner.take(), digit != "}" { digits.unicodeScalars.append(digit) }
        return try number(UInt32(digits, radix: 16), place)
      }
      guard let high = scanner.hexadecimal(4) else { return try number(nil, place) }
      guard (0xD800..<0xDC00).contains(high), scanner.take("\\u"), let low = scanner.hexadecimal(4),
        (0xDC00..<0xE000).contains(low)
      else { return try number(high, place) }
      return try number(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), place)
    case "p", "P": throw scanner.failure("Unicode properties are not supported", at: place)
    case "b", "B": throw scanner.failure("borders of words are not supported", at: place)
    case "1"..."9", "k": throw scanner.failure("references to groups are not regular", at: place)
    case "a"..."z", "A"..."Z", "0": throw scanner.failure("an unknown escape", at: place)
    default: return ScalarSet([scalar.value...scalar.value])
    }
  }

  private func number(_ value: UInt32?, _ place: Int) throws(GrammarError) -> ScalarSet {
    guard let scalar = value.flatMap(Unicode.Scalar.init) else {
      throw scanner.failure("the escape names no character", at: place)
    }
    return ScalarSet([scalar.value...scalar.value])
  }
}

extension ScalarSet {
  /// The only character, if there is exactly one.
  fileprivate var only: UInt32? {
    ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil
  }
}
