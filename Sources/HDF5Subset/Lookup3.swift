/// The checksum of HDF5's metadata: Bob Jenkins' `lookup3`, byte by byte, as `hashlittle` with 0.
package enum Lookup3 {
  /// The checksum of some bytes.
  package static func checksum(of bytes: RawSpan) -> UInt32 {
    let count = bytes.byteCount
    // The length is part of the seed, modulo 2^32 by definition.
    let seed = 0xdead_beef &+ UInt32(truncatingIfNeeded: count)
    var (a, b, c) = (seed, seed, seed)
    var start = 0
    while count - start > 12 {
      a &+= word(bytes, start)
      b &+= word(bytes, start + 4)
      c &+= word(bytes, start + 8)
      mix(&a, &b, &c)
      start += 12
    }
    if start == count { return c }
    var tail: (UInt32, UInt32, UInt32) = (0, 0, 0)
    for place in 0..<count - start {
      let byte = UInt32(bytes.unsafeLoadUnaligned(fromByteOffset: start + place, as: UInt8.self))
      switch place / 4 {
      case 0: tail.0 |= byte << (8 * UInt32(place % 4))
      case 1: tail.1 |= byte << (8 * UInt32(place % 4))
      default: tail.2 |= byte << (8 * UInt32(place % 4))
      }
    }
    a &+= tail.0
    b &+= tail.1
    c &+= tail.2
    finish(&a, &b, &c)
    return c
  }

  /// Four bytes; the span checks that they are there.
  private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private static func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 {
    value << bits | value >> (32 - bits)
  }

  private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    (a, c) = ((a &- c) ^ rotated(c, 4), c &+ b)
    (b, a) = ((b &- a) ^ rotated(a, 6), a &+ c)
    (c, b) = ((c &- b) ^ rotated(b, 8), b &+ a)
    (a, c) = ((a &- c) ^ rotated(c, 16), c &+ b)
    (b, a) = ((b &- a) ^ rotated(a, 19), a &+ c)
    (c, b) = ((c &- b) ^ rotated(b, 4), b &+ a)
  }

  private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    c = (c ^ b) &- rotated(b, 14)
    a = (a ^ c) &- rotated(c, 11)
    b = (b ^ a) &- rotated(a, 25)
    c = (c ^ b) &- rotated(b, 16)
    a = (a ^ c) &- rotated(c, 4)
    b = (b ^ a) &- rotated(a, 14)
    c = (c ^ b) &- rotated(b, 24)
  }
}
