internal import Signatures

extension Point {
  /// The base point times a secret number: the same steps and the same memory for every number.
  static func base(times scalar: Scalar) -> Self {
    var result = neutral
    for bit in (0..<256).reversed() {
      result = result.doubled
      result = select(result, result + base, scalar.bit(bit))
    }
    return result
  }

  /// The first of two points for 0, the second for 1.
  private static func select(_ a: Self, _ b: Self, _ bit: UInt64) -> Self {
    Self(
      x: .select(a.x, b.x, bit), y: .select(a.y, b.y, bit), z: .select(a.z, b.z, bit),
      t: .select(a.t, b.t, bit))
  }
}

extension FieldElement {
  /// The first of two numbers for 0, the second for 1, without a branch.
  fileprivate static func select(_ a: Self, _ b: Self, _ bit: UInt64) -> Self {
    let mask = 0 &- bit
    let (x, y) = (a.limbs, b.limbs)
    return Self(
      limbs: (
        x.0 ^ (x.0 ^ y.0) & mask, x.1 ^ (x.1 ^ y.1) & mask, x.2 ^ (x.2 ^ y.2) & mask,
        x.3 ^ (x.3 ^ y.3) & mask, x.4 ^ (x.4 ^ y.4) & mask
      ))
  }
}
