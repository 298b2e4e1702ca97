extension ScalarSet {
  /// The set as sequences of ranges of bytes: a character is in it exactly when its UTF-8 is in one of them.
  var byteSequences: [[ClosedRange<UInt8>]] {
    var sequences: [[ClosedRange<UInt8>]] = []
    for range in ranges {
      for limits in Self.lengths where range.overlaps(limits) {
        let part = range.clamped(to: limits)
        Self.split(part.lowerBound, part.upperBound, into: &sequences)
      }
    }
    return sequences
  }

  /// The characters that take one, two, three and four bytes.
  private static let lengths: [ClosedRange<UInt32>] = [
    0...0x7F, 0x80...0x7FF, 0x800...0xFFFF, 0x1_0000...0x10_FFFF,
  ]

  /// Cuts a range of characters of one length where a continuation byte would not run through all its values.
  private static func split(_ first: UInt32, _ last: UInt32, into sequences: inout [[ClosedRange<UInt8>]]) {
    let continuations = lengths.firstIndex { $0.contains(first) } ?? 0
    for index in 0..<continuations {
      let mask: UInt32 = 1 << (6 * UInt32(index + 1)) - 1
      guard first & ~mask != last & ~mask else { break }
      if first & mask != 0 {
        split(first, first | mask, into: &sequences)
        split((first | mask) + 1, last, into: &sequences)
        return
      }
      if last & mask != mask {
        split(first, (last & ~mask) - 1, into: &sequences)
        split(last & ~mask, last, into: &sequences)
        return
      }
    }
    sequences.append(zip(utf8(first), utf8(last)).map { $0...$1 })
  }

  private static func utf8(_ value: UInt32) -> [UInt8] {
    Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? []
  }
}
