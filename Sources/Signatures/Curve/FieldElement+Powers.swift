extension FieldElement {
  /// The square of the number.
  var squared: Self { self * self }

  /// A power of the number, by squaring; the exponent, least significant word first, is no secret.
  private func raised(to exponent: InlineArray<4, UInt64>) -> Self {
    var result = Self.one
    for bit in (0..<255).reversed() {
      result = result.squared
      if exponent[bit >> 6] >> UInt64(bit & 63) & 1 == 1 { result = result * self }
    }
    return result
  }

  /// The number whose product with this one is 1, by Fermat: the power p - 2. Zero gives zero.
  var inverse: Self { raised(to: [0xffff_ffff_ffff_ffeb, .max, .max, UInt64.max >> 1]) }

  /// The power (p - 5) / 8, from which square roots are made (RFC 8032, section 5.1.3).
  var rootPower: Self { raised(to: [UInt64.max - 2, .max, .max, UInt64.max >> 4]) }

  /// A square root of -1: 2 to the power (p - 1) / 4, which is (p - 5) / 8 doubled and one more.
  static let rootOfMinusOne = Self(2).rootPower.squared * Self(2)

  /// The constant d of the curve -x^2 + y^2 = 1 + d x^2 y^2.
  static let d = -Self(121_665) * Self(121_666).inverse

  /// Twice `d`.
  static let doubleD = d + d
}
