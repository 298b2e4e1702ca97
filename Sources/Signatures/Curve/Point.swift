/// A point of the twisted Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032, section 5.1.4).
///
/// Its coordinates are extended: x = X/Z, y = Y/Z, x y = T/Z. The sums below hold for all points of the curve, equal
/// ones and the neutral one among them, so that nothing branches.
package struct Point: Sendable {
  package var x: FieldElement
  package var y: FieldElement
  package var z: FieldElement
  package var t: FieldElement

  /// A point from coordinates that belong together.
  package init(x: FieldElement, y: FieldElement, z: FieldElement, t: FieldElement) {
    (self.x, self.y, self.z, self.t) = (x, y, z, t)
  }

  /// The neutral point (0, 1).
  package static let neutral = Self(x: .zero, y: .one, z: .one, t: .zero)

  /// The base point B, whose y is 4/5 and whose x is even.
  package static let base = Self(y: FieldElement(4) * FieldElement(5).inverse, isOdd: false) ?? .neutral

  package static func + (p: Self, q: Self) -> Self {
    let a = (p.y - p.x) * (q.y - q.x)
    let b = (p.y + p.x) * (q.y + q.x)
    let c = p.t * FieldElement.doubleD * q.t
    let d = (p.z + p.z) * q.z
    let (e, f, g, h) = (b - a, d - c, d + c, b + a)
    return Self(x: e * f, y: g * h, z: f * g, t: e * h)
  }

  package static prefix func - (p: Self) -> Self { Self(x: -p.x, y: p.y, z: p.z, t: -p.t) }

  /// The point and itself.
  package var doubled: Self {
    let (a, b) = (x.squared, y.squared)
    let c = z.squared + z.squared
    let h = a + b
    let e = h - (x + y).squared
    let g = a - b
    let f = c + g
    return Self(x: e * f, y: g * h, z: f * g, t: e * h)
  }

  /// Whether eight times the point is the neutral one: such points say nothing about who signed.
  var hasSmallOrder: Bool {
    let eightfold = doubled.doubled.doubled
    return eightfold.x == .zero && eightfold.y == eightfold.z
  }

  /// `first * p + second * q`, in a time that depends on the scalars: for public ones only.
  static func sum(_ first: Scalar, _ p: Self, _ second: Scalar, _ q: Self) -> Self {
    let both = p + q
    var result = neutral
    for bit in (0..<256).reversed() {
      result = result.doubled
      switch (first.bit(bit), second.bit(bit)) {
      case (1, 1): result = result + both
      case (1, _): result = result + p
      case (_, 1): result = result + q
      default: break
      }
    }
    return result
  }
}
