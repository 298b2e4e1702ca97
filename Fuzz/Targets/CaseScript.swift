/// The input of a numbered case: the same seed and number give the same bytes.
public enum CaseScript {
  /// Draws an input of a few bytes or many, as few changes are accepted more often.
  public static func bytes(seed: UInt64, number: Int) -> [UInt8] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(number) &* 0xd1b5_4a32_d192_ed03
    func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
      return value ^ value >> 31
    }
    let longest = [12, 20, 36, 96][Int(next() % 4)]
    let count = 4 + Int(next() % UInt64(longest))
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) }
  }
}
