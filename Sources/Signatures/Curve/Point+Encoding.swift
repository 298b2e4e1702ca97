extension Point {
  /// Reads 32 bytes: y, and whether x is odd in the highest bit (RFC 8032, section 5.1.3). Nil where y is not below p,
  /// no point has that y, or x would be an odd zero.
  init?(_ bytes: [UInt8]) {
    guard let y = FieldElement(bytes) else { return nil }
    self.init(y: y, isOdd: bytes[31] >> 7 == 1)
  }

  /// The point of a y, of whose two x one is odd.
  init?(y: FieldElement, isOdd: Bool) {
    // x^2 = u/v
    let u = y.squared - .one
    let v = FieldElement.d * y.squared + .one
    let v3 = v.squared * v
    var x = u * v3 * (u * v3.squared * v).rootPower
    let found = v * x.squared
    if found == -u {
      x = x * FieldElement.rootOfMinusOne
    } else if found != u {
      return nil
    }
    if x == .zero && isOdd { return nil }
    if x.isOdd != isOdd { x = -x }
    self.init(x: x, y: y, z: .one, t: x * y)
  }

  /// The 32 bytes of the point (RFC 8032, section 5.1.2).
  package var bytes: [UInt8] {
    let inverse = z.inverse
    var result = (y * inverse).bytes
    result[31] |= (x * inverse).bytes[0] << 7
    return result
  }
}
