extension FieldElement: Equatable {
  /// Reads 32 bytes, least significant first, without the highest bit; nil for numbers from p on, which have a shorter
  /// form (RFC 8032, section 5.1.3, step 1).
  init?(_ bytes: [UInt8]) {
    let words = (0..<4).map { UInt64(littleEndian: bytes, at: 8 * $0) }
    let mask = Self.mask
    limbs = (
      words[0] & mask, (words[0] >> 51 | words[1] << 13) & mask, (words[1] >> 38 | words[2] << 26) & mask,
      (words[2] >> 25 | words[3] << 39) & mask, words[3] >> 12 & mask
    )
    guard self.bytes == bytes[..<31] + [bytes[31] & 0x7f] else { return nil }
  }

  /// The number below p as 32 bytes, least significant first.
  var bytes: [UInt8] {
    // Two rounds of carries bring the number below 2p, limbs to 51 bits.
    let reduced = (self + .zero) + .zero
    var (l0, l1, l2, l3, l4) = reduced.limbs
    // Whether 19 more would reach 2^255 says whether p has to go.
    var carry = (l0 &+ 19) >> 51
    for limb in [l1, l2, l3, l4] { carry = (limb &+ carry) >> 51 }
    l0 &+= 19 &* carry
    l1 &+= l0 >> 51
    l2 &+= l1 >> 51
    l3 &+= l2 >> 51
    l4 &+= l3 >> 51
    let mask = Self.mask
    (l0, l1, l2, l3, l4) = (l0 & mask, l1 & mask, l2 & mask, l3 & mask, l4 & mask)
    let words = [l0 | l1 << 51, l1 >> 13 | l2 << 38, l2 >> 26 | l3 << 25, l3 >> 39 | l4 << 12]
    return words.flatMap(\.littleEndianBytes)
  }

  /// Whether two numbers are the same, in whatever limbs.
  package static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }

  /// Whether the number below p is odd: what encodings call the sign.
  var isOdd: Bool { bytes[0] & 1 == 1 }
}
