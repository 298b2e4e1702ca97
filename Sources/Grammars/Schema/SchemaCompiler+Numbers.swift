import JSONReading

extension CharacterPattern {
  /// Any number of JSON with up to 15 digits before the point and 17 behind it, and an exponent with which a double can
  /// still hold it.
  static var number: CharacterPattern {
    let exponent = CharacterPattern.choice([
      .digits(1, 2), .sequence([.one(of: "1"), .digits(2, 2)]),
      .sequence([.one(of: "2"), IntegerRange.digit(0, 8), .digit]),
    ])
    return .sequence([
      .optional(.one(of: "-")),
      .choice([.one(of: "0"), .sequence([IntegerRange.digit(1, 9), .digits(0, 14)])]),
      .optional(.sequence([.one(of: "."), .digits(1, 17)])),
      .optional(.sequence([.one(of: "eE"), .optional(.one(of: "+-")), exponent])),
    ])
  }

  /// Numbers of up to 15 digits altogether and without an exponent: doubles tell all of them apart.
  fileprivate static var plainNumber: CharacterPattern {
    .choice(
      (1...15).map { count in
        .sequence([
          .optional(.one(of: "-")),
          count == 1
            ? .digit : .sequence([IntegerRange.digit(1, 9), .digits(count - 1, count - 1)]),
          count == 15 ? .empty : .optional(.sequence([.one(of: "."), .digits(1, 15 - count)])),
        ])
      })
  }
}

extension SchemaCompiler {
  /// Bounds of a number, the strictest on each side.
  private func bounds(of object: JSONObject, in schema: Subschema) throws(GrammarError) -> [NumberBound] {
    let keywords: [(String, NumberBound.Side, isExclusive: Bool)] = [
      ("minimum", .atLeast, false), ("exclusiveMinimum", .atLeast, true), ("maximum", .atMost, false),
      ("exclusiveMaximum", .atMost, true),
    ]
    var bounds: [NumberBound] = []
    for (keyword, side, isExclusive) in keywords {
      guard let value = object[keyword] else { continue }
      guard let value = DecimalNumber(value) else {
        throw .invalidSchema(
          pointer: schema.pointer(to: keyword), reason: "must be a number that a double can be")
      }
      bounds.append(NumberBound(value: value, side: side, isExclusive: isExclusive))
    }
    return bounds
  }

  /// A number, with bounds exactly as they are.
  mutating func number(_ object: JSONObject, in schema: Subschema) throws(GrammarError) -> Expression {
    guard object["multipleOf"] == nil else {
      throw unsupported("multipleOf", in: schema, "only for the type 'integer'")
    }
    let bounds = try bounds(of: object, in: schema)
    guard !bounds.isEmpty else { return try anyNumber() }
    let automaton = try limit("minimum", in: schema) { () throws(GrammarError) in
      var automaton = try CharacterAutomaton(.plainNumber)
      for bound in bounds { automaton = try automaton.intersection(try CharacterAutomaton(bound.pattern)) }
      return automaton
    }
    guard !automaton.isEmpty else {
      throw unsupported("minimum", in: schema, "no number of 15 digits is within the bounds")
    }
    return .automaton(automaton, .plain)
  }

  /// A whole number.
  mutating func integer(_ object: JSONObject, in schema: Subschema) throws(GrammarError) -> Expression {
    let bounds = try bounds(of: object, in: schema)
    var least: Int?
    var most: Int?
    for bound in bounds {
      switch bound.side {
      case .atLeast:
        let value = bound.isExclusive ? bound.value.floor + 1 : bound.value.ceiling
        least = max(least ?? value, value)
      case .atMost:
        let value = bound.isExclusive ? bound.value.ceiling - 1 : bound.value.floor
        most = min(most ?? value, value)
      }
    }
    let (greatest, unbounded) = (IntegerRange.greatest, IntegerRange.greatestUnbounded)
    guard least ?? 0 <= greatest, most ?? 0 >= -greatest else {
      throw unsupported(
        least ?? 0 > greatest ? "minimum" : "maximum", in: schema, "only whole numbers of up to 18 digits")
    }
    let range = IntegerRange(
      least: max(least ?? (most ?? 0 < -unbounded ? -greatest : -unbounded), -greatest),
      most: min(most ?? (least ?? 0 > unbounded ? greatest : unbounded), greatest))
    guard range.least <= range.most else { return .nothing }
    guard let divisor = object["multipleOf"] else {
      return .automaton(try CharacterAutomaton(range.pattern), .plain)
    }
    guard let decimal = DecimalNumber(divisor), !decimal.isNegative, !decimal.isZero else {
      throw .invalidSchema(pointer: schema.pointer(to: "multipleOf"), reason: "must be a number above 0")
    }
    guard decimal.fraction.isEmpty else {
      throw unsupported("multipleOf", in: schema, "only whole numbers")
    }
    return try multiples(of: decimal.floor, in: range, schema)
  }

  private static let mostListed = 4096

  private func multiples(
    of divisor: Int, in range: IntegerRange, _ schema: Subschema
  ) throws(GrammarError) -> Expression {
    // Rounded towards the inside; neither can overflow, as the range has 18 digits.
    let first = range.least / divisor + (range.least > 0 && range.least % divisor != 0 ? 1 : 0)
    let last = range.most / divisor - (range.most < 0 && range.most % divisor != 0 ? 1 : 0)
    guard first <= last else { return .nothing }
    if last - first < Self.mostListed { return .choice((first...last).map { .text("\($0 * divisor)") }) }
    let automaton = try limit("multipleOf", in: schema) { () throws(GrammarError) in
      try CharacterAutomaton(range.pattern).intersection(try .multiples(of: divisor))
    }
    return automaton.isEmpty ? .nothing : .automaton(automaton, .plain)
  }
}

extension CharacterAutomaton {
  /// Digits of the multiples of a number, perhaps behind a minus.
  fileprivate static func multiples(of divisor: Int) throws(GrammarError) -> CharacterAutomaton {
    guard divisor < GrammarLimits.patternStates else {
      throw .tooLarge(what: "states of a pattern", limit: GrammarLimits.patternStates)
    }
    // One state for each remainder behind the beginning and the sign.
    func digits(behind remainder: Int) -> [(characters: ScalarSet, target: Int)] {
      (0...9).map { digit in
        let value = UInt32(digit) + 0x30
        return (ScalarSet([value...value]), 2 + (10 * remainder + digit) % divisor)
      }
    }
    let begin = State(edges: digits(behind: 0) + [(ScalarSet("-"), 1)])
    let signed = State(edges: digits(behind: 0))
    let remainders = (0..<divisor).map { State(edges: digits(behind: $0), isFinal: $0 == 0) }
    return CharacterAutomaton(states: [begin, signed] + remainders)
  }
}
