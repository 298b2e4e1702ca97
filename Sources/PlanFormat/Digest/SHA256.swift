internal import CKernels

/// SHA-256 (FIPS 180-4), fed piece by piece; by the processor's own instructions where it has them.
///
/// All additions are modulo 2^32 by definition, hence the unchecked operators.
public struct SHA256: Sendable {
  private var state: Words = (
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
  )
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  private typealias Words = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

  private let usesInstructions: Bool

  /// A digest of nothing yet.
  public init() { self.init(usesInstructions: Self.hasInstructions) }

  init(usesInstructions: Bool) {
    self.usesInstructions = usesInstructions && Self.hasInstructions
    pending.reserveCapacity(64)
  }

  /// Whether the processor has instructions for it.
  static let hasInstructions = espalier_has_sha256() != 0

  /// Adds bytes.
  public mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds the UTF-8 bytes of text.
  public mutating func update(_ text: String) {
    update(Array(text.utf8))
  }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let taken = rest.prefix(64 - pending.count)
      pending += taken
      rest = rest.dropFirst(taken.count)
      guard pending.count == 64 else { return }
      pending.withUnsafeBytes { state = compress(state, $0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count & ~63
    state = compress(state, UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
    pending += rest.dropFirst(whole)
  }

  /// The digest of everything added, as 32 bytes.
  public func finalized() -> [UInt8] {
    var tail = pending + [0x80]
    tail += repeatElement(0, count: (120 - tail.count) & 63)
    withUnsafeBytes(of: (length &* 8).bigEndian) { tail += $0 }
    let words = tail.withUnsafeBytes { compress(state, $0) }
    let all = [words.0, words.1, words.2, words.3, words.4, words.5, words.6, words.7]
    return all.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
  }

  /// The digest of everything added, as 64 lower-case hexadecimal digits.
  public func hexadecimal() -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: finalized().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The hexadecimal digest of one piece.
  public static func hexadecimal(of bytes: UnsafeRawBufferPointer) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return digest.hexadecimal()
  }

  /// Runs the compression function over blocks; `blocks.count` is a multiple of 64.
  private func compress(_ state: Words, _ blocks: UnsafeRawBufferPointer) -> Words {
    guard usesInstructions else { return Self.compressPortably(state, blocks) }
    var result = state
    // Eight words in a row, and as many whole blocks as there are.
    withUnsafeMutableBytes(of: &result) { words in
      espalier_sha256_blocks(
        words.assumingMemoryBound(to: UInt32.self).baseAddress,
        blocks.assumingMemoryBound(to: UInt8.self).baseAddress, blocks.count / 64)
    }
    return result
  }

  private static func compressPortably(_ state: Words, _ blocks: UnsafeRawBufferPointer) -> Words {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
      roundConstants.withUnsafeBufferPointer { constants in
        // Both buffers have 64 words and every index below is under 64.
        guard let w = schedule.baseAddress, let k = constants.baseAddress else { return state }
        var s = state
        for block in stride(from: 0, to: blocks.count, by: 64) {
          expand(blocks, block, w, k)
          var (a, b, c, d, e, f, g, h) = s
          for i in stride(from: 0, to: 64, by: 8) {
            round(a, b, c, &d, e, f, g, &h, w[i])
            round(h, a, b, &c, d, e, f, &g, w[i + 1])
            round(g, h, a, &b, c, d, e, &f, w[i + 2])
            round(f, g, h, &a, b, c, d, &e, w[i + 3])
            round(e, f, g, &h, a, b, c, &d, w[i + 4])
            round(d, e, f, &g, h, a, b, &c, w[i + 5])
            round(c, d, e, &f, g, h, a, &b, w[i + 6])
            round(b, c, d, &e, f, g, h, &a, w[i + 7])
          }
          s = (
            s.0 &+ a, s.1 &+ b, s.2 &+ c, s.3 &+ d, s.4 &+ e, s.5 &+ f, s.6 &+ g, s.7 &+ h
          )
        }
        return s
      }
    }
  }

  /// Fills `w` with the message schedule, round constants added.
  @inline(__always)
  private static func expand(
    _ blocks: UnsafeRawBufferPointer, _ start: Int, _ w: UnsafeMutablePointer<UInt32>,
    _ k: UnsafePointer<UInt32>
  ) {
    for i in 0..<16 {
      w[i] = UInt32(bigEndian: blocks.loadUnaligned(fromByteOffset: start &+ 4 &* i, as: UInt32.self))
    }
    for i in 16..<64 {
      let (x, y) = (w[i &- 15], w[i &- 2])
      let s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x &>> 3)
      let s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y &>> 10)
      w[i] = w[i &- 16] &+ s0 &+ w[i &- 7] &+ s1
    }
    for i in 0..<64 { w[i] = w[i] &+ k[i] }
  }

  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32,
    _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ wk: UInt32
  ) {
    let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    let choice = g ^ (e & (f ^ g))
    let t = h &+ s1 &+ choice &+ wk
    let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    let majority = (a & b) | (c & (a | b))
    d = d &+ t
    h = t &+ s0 &+ majority
  }

  @inline(__always)
  private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { (x &>> n) | (x &<< (32 &- n)) }

  // First 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
