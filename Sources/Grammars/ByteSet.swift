/// A set of bytes.
struct ByteSet: Hashable, Sendable {
  private var words = SIMD4<UInt64>(repeating: 0)

  init() {}

  init(_ range: ClosedRange<UInt8>) { insert(range) }

  var isEmpty: Bool { words == SIMD4(repeating: 0) }

  /// The only member, if there is exactly one.
  var only: UInt8? {
    var found: UInt8?
    for index in 0..<4 where words[index] != 0 {
      guard found == nil, words[index].nonzeroBitCount == 1 else { return nil }
      found = UInt8(64 * index + words[index].trailingZeroBitCount)
    }
    return found
  }

  func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
  }

  mutating func formUnion(_ other: Self) { words |= other.words }
}
