internal import Glibc
internal import Signatures

/// Bytes that are overwritten when nobody needs them any longer: a password, a seed.
///
/// What is computed from them along the way passes through registers and short-lived arrays. Those that hold a secret
/// in full are overwritten too (`wipe(_:)`); the rest is left to the system, which clears memory for others.
public final class SecretBytes: @unchecked Sendable {
  // Written to by `init` and `deinit` alone.
  private let buffer: UnsafeMutableRawBufferPointer

  /// How many bytes there are.
  public var count: Int { buffer.count }

  /// Copies bytes; the source is left to its owner.
  public init(_ bytes: some Collection<UInt8>) {
    buffer = .allocate(byteCount: bytes.count, alignment: 16)
    buffer.copyBytes(from: bytes)
  }

  deinit {
    Self.erase(buffer)
    buffer.deallocate()
  }

  /// Lends the bytes as an array that is overwritten when `body` returns, provided that it keeps none.
  func withBytes<Result, Failure: Error>(_ body: ([UInt8]) throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    var bytes = Array(buffer)
    defer { Self.wipe(&bytes) }
    return try body(bytes)
  }

  /// Overwrites an array that held a secret, and empties it.
  static func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { erase($0) }
    bytes = []
  }

  /// Overwrites memory in a way that the compiler keeps, although nobody reads it again.
  private static func erase(_ buffer: UnsafeMutableRawBufferPointer) {
    if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
  }
}
