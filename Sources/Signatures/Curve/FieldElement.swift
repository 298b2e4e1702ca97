/// A number modulo p = 2^255 - 19, the field of Curve25519 (RFC 8032, section 5.1).
///
/// It is held as five limbs of 51 bits. A limb may be a little larger than that: every operation takes limbs below
/// 2^52 and gives limbs below 2^51 + 2^13, so that sums of products stay far below 2^128 and wrapping arithmetic never
/// wraps. No branch and no index depends on a value, because signing computes with secrets.
package struct FieldElement: Sendable {
  package var limbs: (UInt64, UInt64, UInt64, UInt64, UInt64)

  static let mask: UInt64 = 1 << 51 - 1

  /// Limbs as they are.
  package init(limbs: (UInt64, UInt64, UInt64, UInt64, UInt64)) { self.limbs = limbs }

  /// A small number, below 2^51.
  init(_ value: UInt64) { limbs = (value, 0, 0, 0, 0) }

  static let zero = Self(0)
  static let one = Self(1)

  /// Passes on what is above 51 bits of each limb; 2^255 is 19.
  private init(carrying l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64, _ l4: UInt64) {
    limbs = (
      l0 & Self.mask &+ (l4 >> 51) &* 19, l1 & Self.mask &+ l0 >> 51, l2 & Self.mask &+ l1 >> 51,
      l3 & Self.mask &+ l2 >> 51, l4 & Self.mask &+ l3 >> 51
    )
  }

  static func + (a: Self, b: Self) -> Self {
    let (x, y) = (a.limbs, b.limbs)
    return Self(carrying: x.0 &+ y.0, x.1 &+ y.1, x.2 &+ y.2, x.3 &+ y.3, x.4 &+ y.4)
  }

  static func - (a: Self, b: Self) -> Self {
    let (x, y) = (a.limbs, b.limbs)
    // 4p is added, so that no limb falls below zero.
    let first: UInt64 = (mask - 18) << 2
    let other: UInt64 = mask << 2
    return Self(
      carrying: x.0 &+ first &- y.0, x.1 &+ other &- y.1, x.2 &+ other &- y.2, x.3 &+ other &- y.3,
      x.4 &+ other &- y.4)
  }

  static prefix func - (a: Self) -> Self { zero - a }

  static func * (a: Self, b: Self) -> Self {
    let (x, y) = (a.limbs, b.limbs)
    // What lands at 2^255 and above comes back times 19.
    let (y1, y2, y3, y4) = (y.1 &* 19, y.2 &* 19, y.3 &* 19, y.4 &* 19)
    let r0 = wide(x.0, y.0) &+ wide(x.1, y4) &+ wide(x.2, y3) &+ wide(x.3, y2) &+ wide(x.4, y1)
    let r1 = wide(x.0, y.1) &+ wide(x.1, y.0) &+ wide(x.2, y4) &+ wide(x.3, y3) &+ wide(x.4, y2)
    let r2 = wide(x.0, y.2) &+ wide(x.1, y.1) &+ wide(x.2, y.0) &+ wide(x.3, y4) &+ wide(x.4, y3)
    let r3 = wide(x.0, y.3) &+ wide(x.1, y.2) &+ wide(x.2, y.1) &+ wide(x.3, y.0) &+ wide(x.4, y4)
    let r4 = wide(x.0, y.4) &+ wide(x.1, y.3) &+ wide(x.2, y.2) &+ wide(x.3, y.1) &+ wide(x.4, y.0)
    return Self(carrying: r0, r1, r2, r3, r4)
  }

  private static func wide(_ a: UInt64, _ b: UInt64) -> UInt128 { UInt128(a) &* UInt128(b) }

  /// Passes on what is above 51 bits of sums of products, which are below 2^112.
  private init(carrying r0: UInt128, _ r1: UInt128, _ r2: UInt128, _ r3: UInt128, _ r4: UInt128) {
    let s1 = r1 &+ r0 &>> 51
    let s2 = r2 &+ s1 &>> 51
    let s3 = r3 &+ s2 &>> 51
    let s4 = r4 &+ s3 &>> 51
    // The last carry is below 2^56, so that 19 of it fit.
    let s0 = Self.low(r0) &+ UInt64(truncatingIfNeeded: s4 &>> 51) &* 19
    self.init(
      limbs: (s0 & Self.mask, Self.low(s1) &+ s0 >> 51, Self.low(s2), Self.low(s3), Self.low(s4)))
  }

  private static func low(_ value: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: value) & mask }
}
