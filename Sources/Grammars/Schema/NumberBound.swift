/// All decimal numbers on one side of a bound, as a pattern of their digits; the number of digits is bounded elsewhere.
struct NumberBound {
  enum Side {
    case atLeast, atMost
  }

  var value: DecimalNumber
  var side: Side
  /// Whether the bound itself is left out.
  var isExclusive: Bool

  /// Numbers, with a sign if they are negative.
  var pattern: CharacterPattern {
    let negative = { (magnitudes: CharacterPattern) in CharacterPattern.sequence([.one(of: "-"), magnitudes])
    }
    let anything = CharacterPattern.sequence([Self.anyWhole, Self.anyFraction])
    switch (side, value.isNegative) {
    case (.atLeast, false):
      // Minus zero is not below zero.
      let zero: [CharacterPattern] = value.isZero && !isExclusive ? [negative(Self.zero)] : []
      return .choice([above] + zero)
    case (.atLeast, true): return .choice([anything, negative(below)])
    case (.atMost, false): return .choice([negative(anything), below])
    case (.atMost, true): return negative(above)
    }
  }

  private static var more: CharacterPattern { .repetition(.digit, least: 0, most: nil) }
  private static var point: CharacterPattern { .one(of: ".") }
  private static var zeros: CharacterPattern { .repetition(.one(of: "0"), least: 0, most: nil) }
  private static var zero: CharacterPattern {
    .sequence([.one(of: "0"), .optional(.sequence([point, .one(of: "0"), zeros]))])
  }
  private static var anyWhole: CharacterPattern {
    .choice([.one(of: "0"), .sequence([IntegerRange.digit(1, 9), more])])
  }
  private static var anyFraction: CharacterPattern { .optional(.sequence([point, .digit, more])) }

  private var wholeDigits: [UInt8] { value.whole.isEmpty ? [0] : value.whole }

  private static func exactly(_ digits: some Sequence<UInt8>) -> CharacterPattern {
    .sequence(digits.map { IntegerRange.digit($0, $0) })
  }

  /// Magnitudes that are greater, or equal if that is allowed.
  private var above: CharacterPattern {
    let whole = wholeDigits
    var choices: [CharacterPattern] = [
      .sequence([
        IntegerRange.digit(1, 9), .repetition(.digit, least: whole.count, most: nil), Self.anyFraction,
      ])
    ]
    for (index, digit) in whole.enumerated() where digit < 9 {
      let rest = CharacterPattern.digits(whole.count - index - 1, whole.count - index - 1)
      choices.append(
        .sequence([
          Self.exactly(whole[..<index]), IntegerRange.digit(digit + 1, 9), rest, Self.anyFraction,
        ]))
    }
    choices.append(.sequence([Self.exactly(whole), fractionAbove]))
    return .choice(choices)
  }

  private var fractionAbove: CharacterPattern {
    let digits = value.fraction
    var choices: [CharacterPattern] = []
    for (index, digit) in digits.enumerated() where digit < 9 {
      choices.append(
        .sequence([Self.point, Self.exactly(digits[..<index]), IntegerRange.digit(digit + 1, 9), Self.more]))
    }
    let greater = CharacterPattern.sequence([Self.zeros, IntegerRange.digit(1, 9), Self.more])
    if digits.isEmpty {
      choices.append(isExclusive ? .sequence([Self.point, greater]) : Self.anyFraction)
    } else {
      choices.append(.sequence([Self.point, Self.exactly(digits), isExclusive ? greater : Self.more]))
    }
    return .choice(choices)
  }

  /// Magnitudes that are less, or equal if that is allowed.
  private var below: CharacterPattern {
    let whole = wholeDigits
    var choices: [CharacterPattern] = []
    if whole.count > 1 {
      choices.append(.sequence([.one(of: "0"), Self.anyFraction]))
      choices.append(
        .sequence([
          IntegerRange.digit(1, 9), .repetition(.digit, least: 0, most: whole.count - 2), Self.anyFraction,
        ]))
    }
    for (index, digit) in whole.enumerated() {
      let first: UInt8 = index == 0 && whole.count > 1 ? 1 : 0
      guard digit > first else { continue }
      let rest = CharacterPattern.digits(whole.count - index - 1, whole.count - index - 1)
      choices.append(
        .sequence([
          Self.exactly(whole[..<index]), IntegerRange.digit(first, digit - 1), rest, Self.anyFraction,
        ]))
    }
    choices.append(.sequence([Self.exactly(whole), fractionBelow]))
    return .choice(choices)
  }

  private var fractionBelow: CharacterPattern {
    let digits = value.fraction
    var choices: [CharacterPattern] = []
    for (index, digit) in digits.enumerated() where digit > 0 {
      choices.append(
        .sequence([Self.point, Self.exactly(digits[..<index]), IntegerRange.digit(0, digit - 1), Self.more]))
    }
    // Fewer digits than the bound has are less, as its last one is not zero.
    for count in 1..<max(1, digits.count) {
      choices.append(.sequence([Self.point, Self.exactly(digits[..<count])]))
    }
    if !digits.isEmpty { choices.append(.empty) }
    if !isExclusive {
      choices.append(
        digits.isEmpty
          ? .optional(.sequence([Self.point, .one(of: "0"), Self.zeros]))
          : .sequence([Self.point, Self.exactly(digits), Self.zeros]))
    }
    return .choice(choices)
  }
}
