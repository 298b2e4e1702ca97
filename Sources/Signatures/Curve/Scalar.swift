/// A multiple of a point: a number below 2^256, mostly one modulo L, the order of the base point (RFC 8032,
/// section 5.1).
///
/// No branch and no index depends on a value, because signing computes with secrets.
package struct Scalar: Sendable {
  /// Four words, the least significant first.
  private var words: InlineArray<4, UInt64>

  /// L = 2^252 + 27742317777372353535851937790883648493.
  private static let order: InlineArray<4, UInt64> = [
    0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 1 << 60,
  ]

  /// Reads 32 bytes, least significant first, as they are.
  package init(unreduced bytes: [UInt8]) {
    words = .init { UInt64(littleEndian: bytes, at: 8 * $0) }
  }

  /// Reads 32 bytes, least significant first; nil from L on (RFC 8032, section 5.1.7, step 1).
  init?(_ bytes: [UInt8]) {
    self.init(unreduced: bytes)
    guard Self.difference(words, Self.order).borrow == 1 else { return nil }
  }

  /// Reads 64 bytes, least significant first, modulo L.
  package init(reducing bytes: [UInt8]) {
    self.init(reducing: InlineArray<8, UInt64> { UInt64(littleEndian: bytes, at: 8 * $0) })
  }

  /// Long division, bit by bit from the highest one.
  private init(reducing wide: InlineArray<8, UInt64>) {
    words = .init(repeating: 0)
    for bit in (0..<512).reversed() {
      var carry = wide[bit >> 6] >> UInt64(bit & 63) & 1
      for index in 0..<4 { (words[index], carry) = (words[index] << 1 | carry, words[index] >> 63) }
      let (smaller, borrow) = Self.difference(words, Self.order)
      // All ones where L was too large and the remainder stays.
      let mask = 0 &- borrow
      for index in 0..<4 { words[index] = words[index] & mask | smaller[index] & ~mask }
    }
  }

  private static func difference(
    _ a: InlineArray<4, UInt64>, _ b: InlineArray<4, UInt64>
  ) -> (words: InlineArray<4, UInt64>, borrow: UInt64) {
    var (result, borrow) = (InlineArray<4, UInt64>(repeating: 0), UInt64(0))
    for index in 0..<4 {
      let (first, one) = a[index].subtractingReportingOverflow(b[index])
      let (second, two) = first.subtractingReportingOverflow(borrow)
      (result[index], borrow) = (second, (one ? 1 : 0) | (two ? 1 : 0))
    }
    return (result, borrow)
  }

  /// `self * factor + addend` modulo L; the product and the sum have to be below 2^512.
  package func times(_ factor: Self, plus addend: Self) -> Self {
    var wide = InlineArray<8, UInt64> { $0 < 4 ? addend.words[$0] : 0 }
    for row in 0..<4 {
      var carry: UInt64 = 0
      for column in 0..<4 {
        let sum =
          UInt128(words[row]) &* UInt128(factor.words[column]) &+ UInt128(wide[row + column])
          &+ UInt128(carry)
        (wide[row + column], carry) = (UInt64(truncatingIfNeeded: sum), UInt64(truncatingIfNeeded: sum >> 64))
      }
      for index in row + 4..<8 {
        let (sum, overflow) = wide[index].addingReportingOverflow(carry)
        (wide[index], carry) = (sum, overflow ? 1 : 0)
      }
    }
    return Self(reducing: wide)
  }

  /// A bit, 0 or 1; `index` is below 256.
  package func bit(_ index: Int) -> UInt64 { words[index >> 6] >> UInt64(index & 63) & 1 }

  /// The 32 bytes, least significant first.
  package var bytes: [UInt8] { words.indices.flatMap { words[$0].littleEndianBytes } }
}
