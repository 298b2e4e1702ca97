import TestSupport
import Testing

@testable import Signatures

/// Arithmetic that signatures rest on keeps the laws of its field and group.
@Suite(.endsWithin(minutes: 1)) struct CurveTests {
  /// Numbers at the edges of limbs and of the field, and drawn ones.
  static let numbers: [FieldElement] = {
    var generator = SeededGenerator(state: 25519)
    let edges = [UInt64(0), 1, 2, 19, 1 << 51 - 1].map { FieldElement($0) }
    let drawn = (0..<12).compactMap { _ in
      FieldElement((0..<32).map { $0 == 31 ? 0x5a : UInt8.random(in: 0...255, using: &generator) })
    }
    return edges + edges.map { -$0 } + drawn
  }()

  @Test func `products and sums of the field keep its laws`() {
    for a in Self.numbers {
      #expect(a - a == .zero)
      #expect(a == .zero ? a.inverse == .zero : a * a.inverse == .one)
      for b in Self.numbers {
        #expect((a + b) - b == a)
        #expect(a * b == b * a)
        #expect((a + b) * (a - b) == a.squared - b.squared)
      }
    }
  }

  @Test func `numbers come back from their bytes, and only from the shortest`() {
    for number in Self.numbers { #expect(FieldElement(number.bytes) == number) }
    // p - 1 is a number; p and what follows have another form.
    let largest = [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
    #expect(FieldElement(largest) == -.one)
    for first in UInt8(0xed)...0xff { #expect(FieldElement([first] + largest[1...]) == nil) }
  }

  @Test func `the base point has the bytes of RFC 8032 and the order L`() throws {
    #expect(Point.base.bytes == [0x58] + [UInt8](repeating: 0x66, count: 31))
    // L B = (L - 1) B + B is the neutral point.
    let one = Scalar(unreduced: [1] + [UInt8](repeating: 0, count: 31))
    let minusOne = SignatureGolden.bytes(
      hexadecimal: "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    let scalar = try #require(Scalar(minusOne))
    #expect(Point.sum(scalar, .base, one, .base).bytes == Point.neutral.bytes)
    #expect(Scalar([minusOne[0] + 1] + minusOne[1...]) == nil)
    // (L - 1)^2 + (L - 1) = 0 modulo L
    #expect(scalar.times(scalar, plus: scalar).bytes == [UInt8](repeating: 0, count: 32))
  }

  @Test func `doubling is adding a point to itself`() {
    var (point, sum) = (Point.base, Point.base)
    for _ in 0..<20 {
      (point, sum) = (point.doubled, sum + sum)
      #expect(point.bytes == sum.bytes)
      #expect((point + -point).bytes == Point.neutral.bytes)
    }
  }
}
