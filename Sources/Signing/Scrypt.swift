/// scrypt (RFC 7914), which makes guessing a password expensive in memory.
struct Scrypt: Equatable {
  /// Cost: how many blocks are kept, a power of two.
  var n: Int
  /// Size of a block, in 128 bytes.
  var r: Int
  /// How often it is all done.
  var p: Int

  /// Bytes that are kept at once.
  var memory: Int { 128 * r * (n + p + 2) }

  /// The costs that libsodium chooses for a limit of operations and one of memory, as minisign stores them.
  ///
  /// - Returns: nil below libsodium's least limits, and above those of minisign's own keys: 2^25 operations, 1 GiB.
  init?(operationLimit: UInt64, memoryLimit: UInt64) {
    guard (1 << 15...1 << 25).contains(operationLimit), (1 << 24...1 << 30).contains(memoryLimit) else {
      return nil
    }
    let (operations, bytes) = (Int(operationLimit), Int(memoryLimit))
    let memoryIsEnough = operations < bytes / 32
    let largest = memoryIsEnough ? operations / 32 : bytes / 1024
    var n = 2
    while n <= largest / 2 { n *= 2 }
    self.init(n: n, r: 8, p: memoryIsEnough ? 1 : operations / 4 / n / 8)
  }

  /// Costs as they are: `n` a power of two above 1, all positive.
  init(n: Int, r: Int, p: Int) { (self.n, self.r, self.p) = (n, r, p) }

  /// A key of some length from a password and a salt (section 6); nil where the memory is not there.
  func derivedKey(password: [UInt8], salt: [UInt8], length: Int) -> [UInt8]? {
    guard let mixer = ScryptMixer(n: n, r: r) else { return nil }
    var blocks = HMACSHA256.derivedKey(password: password, salt: salt, length: 128 * r * p)
    defer { SecretBytes.wipe(&blocks) }
    for index in 0..<p { mixer.mix(&blocks, at: 128 * r * index) }
    return HMACSHA256.derivedKey(password: password, salt: blocks, length: length)
  }
}
