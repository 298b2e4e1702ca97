import JSONReading

/// A number as its decimal digits, so that bounds are compared exactly as they are written.
struct DecimalNumber: Equatable {
  var isNegative: Bool
  /// Without zeros at the front; empty for numbers below one.
  var whole: [UInt8]
  /// Without zeros at the end.
  var fraction: [UInt8]

  var isZero: Bool { whole.isEmpty && fraction.isEmpty }

  var magnitude: DecimalNumber { DecimalNumber(isNegative: false, whole: whole, fraction: fraction) }

  private init(isNegative: Bool, whole: [UInt8], fraction: [UInt8]) {
    self.whole = Array(whole.drop { $0 == 0 })
    self.fraction = Array(fraction.reversed().drop { $0 == 0 }.reversed())
    self.isNegative = isNegative && !(self.whole.isEmpty && self.fraction.isEmpty)
  }

  /// A number of JSON; `nil` if the value is none, or none that a double is.
  init?(_ value: JSON) {
    switch value {
    case .integer(let value):
      self.init(isNegative: value < 0, whole: Self.digits("\(value.magnitude)"), fraction: [])
    case .real(let value) where value.isFinite:
      // Swift writes the shortest digits, perhaps with an exponent.
      let parts = "\(value.magnitude)".split(separator: "e")
      let mantissa = parts[0].split(separator: ".")
      let digits = Self.digits(mantissa[0]) + (mantissa.count > 1 ? Self.digits(mantissa[1]) : [])
      let point = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
      let padded = [UInt8](repeating: 0, count: max(0, -point)) + digits
      let filled = padded + [UInt8](repeating: 0, count: max(0, point - padded.count))
      let border = max(0, point)
      self.init(
        isNegative: value < 0, whole: Array(filled[..<border]), fraction: Array(filled[border...]))
    default: return nil
    }
  }

  private static func digits(_ text: some StringProtocol) -> [UInt8] {
    text.utf8.map { $0 &- UInt8(ascii: "0") }
  }

  static func < (a: DecimalNumber, b: DecimalNumber) -> Bool {
    guard a.isNegative == b.isNegative else { return a.isNegative }
    let (low, high) = a.isNegative ? (b, a) : (a, b)
    guard low.whole.count == high.whole.count else { return low.whole.count < high.whole.count }
    return (low.whole + low.fraction).lexicographicallyPrecedes(high.whole + high.fraction)
  }

  /// The greatest whole number that is not greater; beyond `IntegerRange` only that it is.
  var floor: Int {
    let whole = wholeValue
    return isNegative ? -whole - (fraction.isEmpty ? 0 : 1) : whole
  }

  /// The least whole number that is not less; beyond `IntegerRange` only that it is.
  var ceiling: Int {
    let whole = wholeValue
    return isNegative ? -whole : whole + (fraction.isEmpty ? 0 : 1)
  }

  private var wholeValue: Int {
    guard whole.count <= 18 else { return IntegerRange.greatest + 1 }
    return whole.reduce(0) { 10 * $0 + Int($1) }
  }
}
