internal import CKernels

/// SHA-256 (FIPS 180-4), fed piece by piece; by the processor's own instructions where it has them.
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
    func digit(_ value: UInt8) -> UInt8 { value + UInt8(ascii: value < 10 ? "0" : "W") }
    let bytes = finalized()
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
      for (place, byte) in bytes.enumerated() {
        (text[2 * place], text[2 * place + 1]) = (digit(byte >> 4), digit(byte & 15))
      }
      return 2 * bytes.count
    }
  }

  /// The hexadecimal digest of one piece.
  public static func hexadecimal(of bytes: UnsafeRawBufferPointer) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return digest.hexadecimal()
  }

  /// Runs the compression function over blocks; `blocks.count` is a multiple of 64.
  private func compress(_ state: Words, _ blocks: UnsafeRawBufferPointer) -> Words {
    var result = state
    let run = usesInstructions ? espalier_sha256_blocks : espalier_sha256_portable
    // Eight words in a row, and as many whole blocks as there are.
    withUnsafeMutableBytes(of: &result) { words in
      run(
        words.assumingMemoryBound(to: UInt32.self).baseAddress,
        blocks.assumingMemoryBound(to: UInt8.self).baseAddress, blocks.count / 64)
    }
    return result
  }
}
