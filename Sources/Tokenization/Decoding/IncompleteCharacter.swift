/// The beginning of a character at the end of bytes.
enum IncompleteCharacter {
  /// Bytes at the end that are the valid beginning of a longer character.
  static func length(atEndOf bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let lead = bytes[bytes.count - length]
      if lead & 0xC0 == 0x80 { continue }
      guard let needed = Self.length(lead: lead), length < needed else { return 0 }
      // Only the second byte is restricted further; without it every lead is still open.
      return length == 1 || Self.secondBytes(lead: lead).contains(bytes[bytes.count - length + 1])
        ? length : 0
    }
    return 0
  }

  private static func length(lead: UInt8) -> Int? {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: nil
    }
  }

  /// Second bytes that give no overlong form, surrogate or number above U+10FFFF.
  private static func secondBytes(lead: UInt8) -> ClosedRange<UInt8> {
    switch lead {
    case 0xE0: 0xA0...0xBF
    case 0xED: 0x80...0x9F
    case 0xF0: 0x90...0xBF
    case 0xF4: 0x80...0x8F
    default: 0x80...0xBF
    }
  }
}
