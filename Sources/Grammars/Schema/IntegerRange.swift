/// A range of whole numbers as a pattern of their digits.
struct IntegerRange {
  var least: Int
  var most: Int

  /// The greatest number of 18 digits; with more, arithmetic could overflow.
  static let greatest = 999_999_999_999_999_999
  /// The greatest number where there is no bound: 15 digits, which a double holds exactly.
  static let greatestUnbounded = 999_999_999_999_999

  /// The digits of all its numbers.
  var pattern: CharacterPattern {
    var choices: [CharacterPattern] = []
    if least < 0, most >= least {
      choices.append(.sequence([.one(of: "-"), Self.magnitudes(max(1, -most), -least)]))
    }
    if most >= 0, most >= least { choices.append(Self.magnitudes(max(0, least), most)) }
    return .choice(choices)
  }

  private static func magnitudes(_ least: Int, _ most: Int) -> CharacterPattern {
    var choices: [CharacterPattern] = []
    var first = 0
    var last = 9
    while first <= most {
      let (low, high) = (max(first, least), min(last, most))
      if low <= high { choices.append(between(digits(low)[...], digits(high)[...])) }
      guard last < greatest else { break }
      first = last + 1
      last = 10 * last + 9
    }
    return .choice(choices)
  }

  private static func digits(_ value: Int) -> [UInt8] { "\(value)".utf8.map { $0 - UInt8(ascii: "0") } }

  /// Digits from one number to another of the same length.
  private static func between(_ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>) -> CharacterPattern {
    guard let first = low.first, let last = high.first else { return .empty }
    if low.allSatisfy({ $0 == 0 }) && high.allSatisfy({ $0 == 9 }) { return .digits(low.count, low.count) }
    if first == last { return .sequence([digit(first, first), between(low.dropFirst(), high.dropFirst())]) }
    let (zeros, nines) = (low.dropFirst().map { _ in UInt8(0) }, low.dropFirst().map { _ in UInt8(9) })
    var choices = [
      .sequence([digit(first, first), between(low.dropFirst(), nines[...])]),
      CharacterPattern.sequence([digit(last, last), between(zeros[...], high.dropFirst())]),
    ]
    if first + 1 < last {
      choices.append(.sequence([digit(first + 1, last - 1), .digits(zeros.count, zeros.count)]))
    }
    return .choice(choices)
  }

  static func digit(_ first: UInt8, _ last: UInt8) -> CharacterPattern {
    .characters(ScalarSet([UInt32(first) + 0x30...UInt32(last) + 0x30]))
  }
}
