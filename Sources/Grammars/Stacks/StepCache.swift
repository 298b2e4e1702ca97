/// Steps from sets by bytes, in a table of fixed size where a new one takes the place of an old one.
struct StepCache: Sendable {
  private struct Slot {
    var key: UInt64
    var next: Int32
  }

  let bits: Int
  private var slots: [Slot]

  init(bits: Int) {
    self.bits = bits
    slots = Array(repeating: Slot(key: 0, next: 0), count: 1 << bits)
  }

  private static func key(_ set: Int32, _ byte: UInt8) -> UInt64 {
    (UInt64(UInt32(bitPattern: set)) << 8 | UInt64(byte)) + 1
  }

  private func place(_ key: UInt64) -> Int { Int((key &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits)) }

  func next(_ set: Int32, _ byte: UInt8) -> Int32? {
    let key = Self.key(set, byte)
    let slot = slots[place(key)]
    return slot.key == key ? slot.next : nil
  }

  mutating func keep(_ set: Int32, _ byte: UInt8, _ next: Int32) {
    let key = Self.key(set, byte)
    slots[place(key)] = Slot(key: key, next: next)
  }
}
