extension UInt64 {
  /// Eight bytes from an index on, the least significant first.
  package init(littleEndian bytes: [UInt8], at index: Int) {
    self = (0..<8).reduce(0) { $0 | UInt64(bytes[index + $1]) << (8 * $1) }
  }

  /// Eight bytes from an index on, the most significant first.
  init(bigEndian bytes: [UInt8], at index: Int) {
    self = (0..<8).reduce(0) { $0 << 8 | UInt64(bytes[index + $1]) }
  }

  /// The eight bytes, the least significant first.
  package var littleEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }

  /// The eight bytes, the most significant first.
  var bigEndianBytes: [UInt8] { littleEndianBytes.reversed() }

  /// The bits turned to the right; `count` is between 1 and 63.
  func rotatedRight(_ count: UInt64) -> UInt64 { self &>> count | self &<< (64 - count) }
}
