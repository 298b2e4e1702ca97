/// BLAKE2b without a key (RFC 7693), which minisign hashes messages and secret keys with.
package enum BLAKE2b {
  /// The digest of a message.
  ///
  /// - Parameter length: bytes of the digest, 1 to 64. A shorter digest is no beginning of a longer one.
  package static func digest(of message: [UInt8], length: Int = 64) -> [UInt8] {
    precondition((1...64).contains(length), "no length of a BLAKE2b digest")
    var state = SHA512.initialState
    // Bytes of the digest, no key, one leaf of depth one (section 2.5).
    state[0] ^= 0x0101_0000 ^ UInt64(length)

    // The last block, which an empty message has too, is treated apart.
    let lastStart = max(0, message.count - 1) & ~127
    for start in stride(from: 0, to: lastStart, by: 128) {
      compress(&state, message, at: start, end: start + 128, isLast: false)
    }
    let last = message[lastStart...] + repeatElement(0, count: 128 - (message.count - lastStart))
    compress(&state, Array(last), at: 0, end: message.count, isLast: true)
    return Array(state.indices.flatMap { state[$0].littleEndianBytes }.prefix(length))
  }

  /// Mixes 128 bytes into the state (section 3.2); `end` is the number of message bytes so far.
  private static func compress(
    _ state: inout InlineArray<8, UInt64>, _ bytes: [UInt8], at start: Int, end: Int, isLast: Bool
  ) {
    var words = InlineArray<16, UInt64>(repeating: 0)
    for index in 0..<16 { words[index] = UInt64(littleEndian: bytes, at: start + 8 * index) }
    var work = InlineArray<16, UInt64>(repeating: 0)
    for index in 0..<8 { (work[index], work[index + 8]) = (state[index], SHA512.initialState[index]) }
    work[12] ^= UInt64(end)
    if isLast { work[14] = ~work[14] }

    for round in 0..<12 {
      let order = schedule[round % 10]
      // Columns, then diagonals.
      for step in 0..<8 {
        let (column, turn) = (step & 3, step >> 2)
        mix(
          &work, column, 4 + (column + turn) & 3, 8 + (column + 2 * turn) & 3, 12 + (column + 3 * turn) & 3,
          words[order[2 * step]], words[order[2 * step + 1]])
      }
    }
    for index in 0..<8 { state[index] ^= work[index] ^ work[index + 8] }
  }

  /// The mixing function G (section 3.1).
  private static func mix(
    _ work: inout InlineArray<16, UInt64>, _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt64, _ y: UInt64
  ) {
    work[a] = work[a] &+ work[b] &+ x
    work[d] = (work[d] ^ work[a]).rotatedRight(32)
    work[c] = work[c] &+ work[d]
    work[b] = (work[b] ^ work[c]).rotatedRight(24)
    work[a] = work[a] &+ work[b] &+ y
    work[d] = (work[d] ^ work[a]).rotatedRight(16)
    work[c] = work[c] &+ work[d]
    work[b] = (work[b] ^ work[c]).rotatedRight(63)
  }

  /// In which order a round takes the words of a block (section 2.7).
  private static let schedule: [[Int]] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
  ]
}
