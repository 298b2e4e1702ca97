/// Reads GBNF, the notation of llama.cpp for grammars.
struct GBNFParser {
  private var scanner: NotationScanner
  private var rules = RuleSet()
  private var numbers: [String: Int] = [:]
  private var defined: Set<Int> = []
  /// Where each name is first used.
  private var uses: [(rule: Int, position: Int)] = []
  private var depth = 0
  private static let mostRepetitions = 8

  init(_ text: String) throws(GrammarError) {
    guard text.utf8.count <= GrammarLimits.sourceBytes else {
      throw .tooLarge(what: "bytes of a grammar", limit: GrammarLimits.sourceBytes)
    }
    scanner = NotationScanner(text)
  }

  /// The rules, and which of them is the root.
  mutating func ruleSet() throws(GrammarError) -> (rules: RuleSet, root: Int) {
    scanner.skipSpace(acrossLines: true)
    while scanner.next != nil {
      try rule()
      scanner.skipSpace(acrossLines: true)
    }
    for (rule, position) in uses where !defined.contains(rule) {
      throw scanner.failure("rule '\(rules.names[rule])' is not defined", at: position)
    }
    guard let root = numbers["root"] else { throw scanner.failure("there is no rule 'root'") }
    return (rules, root)
  }

  private mutating func rule() throws(GrammarError) {
    let place = scanner.position
    let name = scanner.name()
    guard !name.isEmpty else { throw scanner.failure("the name of a rule is expected") }
    scanner.skipSpace(acrossLines: false)
    guard scanner.take("::=") else { throw scanner.failure("'::=' is expected after '\(name)'") }
    let number = try number(of: name)
    guard defined.insert(number).inserted else {
      throw scanner.failure("rule '\(name)' is defined twice", at: place)
    }
    scanner.skipSpace(acrossLines: true)
    let expression = try alternatives(nested: false)
    try rules.define(number, expression)
    guard scanner.next == nil || scanner.next == "\n" || scanner.next == "\r" else {
      throw scanner.failure("unexpected '\(scanner.next.map { String($0) } ?? "")'")
    }
  }

  private mutating func number(of name: String) throws(GrammarError) -> Int {
    if let known = numbers[name] { return known }
    let number = try rules.declare(name)
    numbers[name] = number
    return number
  }

  private mutating func alternatives(nested: Bool) throws(GrammarError) -> Expression {
    var choices = [try sequence(nested: nested)]
    while takeBar(nested: nested) {
      scanner.skipSpace(acrossLines: true)
      choices.append(try sequence(nested: nested))
    }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  /// A bar, which may stand at the beginning of the next line as well.
  private mutating func takeBar(nested: Bool) -> Bool {
    let place = scanner.position
    scanner.skipSpace(acrossLines: true)
    if scanner.take("|") { return true }
    scanner.go(to: place)
    return false
  }

  private mutating func sequence(nested: Bool) throws(GrammarError) -> Expression {
    var parts: [Expression] = []
    scanner.skipSpace(acrossLines: nested)
    while let part = try element() {
      parts.append(try repeated(part, nested: nested))
      scanner.skipSpace(acrossLines: nested)
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func element() throws(GrammarError) -> Expression? {
    let place = scanner.position
    switch scanner.next {
    case "\"": return try literal()
    case "[": return try characterClass()
    case ".":
      _ = scanner.take()
      return .characters(.all)
    case "(":
      _ = scanner.take()
      depth += 1
      defer { depth -= 1 }
      guard depth <= GrammarLimits.nesting else {
        throw scanner.failure("groups are nested deeper than \(GrammarLimits.nesting)", at: place)
      }
      let group = try alternatives(nested: true)
      scanner.skipSpace(acrossLines: true)
      guard scanner.take(")") else { throw scanner.failure("')' is expected") }
      return group
    case "<", "!": throw scanner.failure("tokens are not supported, only their text")
    default:
      let name = scanner.name()
      guard !name.isEmpty else { return nil }
      let number = try number(of: name)
      uses.append((number, place))
      return .rule(number)
    }
  }

  private mutating func repeated(_ expression: Expression, nested: Bool) throws(GrammarError) -> Expression {
    var expression = expression
    var count = 0
    while true {
      let place = scanner.position
      scanner.skipSpace(acrossLines: nested)
      let limits: (least: Int, most: Int?)
      switch scanner.next {
      case "*": limits = (0, nil)
      case "+": limits = (1, nil)
      case "?": limits = (0, 1)
      case "{": limits = try braces()
      default:
        scanner.go(to: place)
        return expression
      }
      _ = scanner.take()
      count += 1
      guard count <= Self.mostRepetitions else {
        throw scanner.failure("more than \(Self.mostRepetitions) repetitions of one element")
      }
      expression = .repetition(expression, least: limits.least, most: limits.most)
    }
  }

  /// The numbers of `{n}`, `{n,}` or `{n,m}`, up to the closing brace.
  private mutating func braces() throws(GrammarError) -> (least: Int, most: Int?) {
    let place = scanner.position
    _ = scanner.take()
    scanner.skipSpace(acrossLines: true)
    guard let least = scanner.number() else { throw scanner.failure("a number is expected after '{'") }
    scanner.skipSpace(acrossLines: true)
    var most: Int? = least
    if scanner.take(",") {
      scanner.skipSpace(acrossLines: true)
      most = scanner.number()
      scanner.skipSpace(acrossLines: true)
    }
    guard scanner.next == "}" else { throw scanner.failure("'}' is expected") }
    if let most, most < least {
      throw scanner.failure("'{\(least),\(most)}' ends before it begins", at: place)
    }
    return (least, most)
  }

  private mutating func literal() throws(GrammarError) -> Expression {
    let place = scanner.position
    _ = scanner.take()
    var bytes: [UInt8] = []
    while let next = scanner.next {
      if next == "\"" {
        _ = scanner.take()
        return .literal(bytes)
      }
      bytes += String(Character(try character())).utf8
    }
    throw scanner.failure("the text in quotes does not end", at: place)
  }

  private mutating func characterClass() throws(GrammarError) -> Expression {
    let place = scanner.position
    _ = scanner.take()
    let isInverted = scanner.take("^")
    var ranges: [ClosedRange<UInt32>] = []
    while let next = scanner.next {
      if next == "]" {
        _ = scanner.take()
        let set = ScalarSet(ranges)
        return .characters(isInverted ? set.inverted : set)
      }
      let rangePlace = scanner.position
      let first = try character()
      guard scanner.next == "-", scanner.second != "]", scanner.second != nil else {
        ranges.append(first.value...first.value)
        continue
      }
      _ = scanner.take()
      let last = try character()
      guard first <= last else { throw scanner.failure("a range ends before it begins", at: rangePlace) }
      ranges.append(first.value...last.value)
    }
    throw scanner.failure("the class of characters does not end", at: place)
  }

  /// A character, which may be written as an escape.
  private mutating func character() throws(GrammarError) -> Unicode.Scalar {
    let place = scanner.position
    guard let scalar = scanner.take() else { throw scanner.failure("a character is expected") }
    guard scalar == "\\" else { return scalar }
    let digits: Int
    switch scanner.take() {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "\\": return "\\"
    case "\"": return "\""
    case "[": return "["
    case "]": return "]"
    case "x": digits = 2
    case "u": digits = 4
    case "U": digits = 8
    default: throw scanner.failure("an unknown escape", at: place)
    }
    guard let value = scanner.hexadecimal(digits) else {
      throw scanner.failure("\(digits) hexadecimal digits are expected", at: place)
    }
    guard let escaped = Unicode.Scalar(value) else {
      throw scanner.failure("no character has the number of this escape", at: place)
    }
    return escaped
  }
}
