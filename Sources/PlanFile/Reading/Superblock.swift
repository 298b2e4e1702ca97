import Plan

/// The first 48 bytes of an HDF5 file, checked before libhdf5 sees the file.
enum Superblock {
  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
  private static let undefined = UInt64.max

  /// Demands signature at 0, version 3, 8-byte offsets, a cleanly closed and complete file.
  static func check(_ bytes: UnsafeRawBufferPointer) throws(Flaw) {
    guard bytes.starts(with: signature) else { throw Flaw("/", "is not an HDF5 file") }
    guard bytes.count >= 48 else { throw Flaw("/", "is truncated: \(bytes.count) bytes") }
    guard bytes[8] == 3 else { throw Flaw("/", "has HDF5 superblock version \(bytes[8]), expected 3") }
    guard bytes[9] == 8, bytes[10] == 8 else {
      throw Flaw("/", "has HDF5 offsets of \(bytes[9]) and lengths of \(bytes[10]) bytes, expected 8 and 8")
    }
    guard bytes[11] == 0 else { throw Flaw("/", "was not closed by its writer") }
    func field(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    let (base, extension_, end) = (field(12), field(20), field(28))
    guard base == 0 else { throw Flaw("/", "does not start at the beginning of the file") }
    guard extension_ == undefined else { throw Flaw("/", "has a superblock extension") }
    guard end == UInt64(bytes.count) else {
      throw Flaw("/", "has \(bytes.count) bytes where its header says \(end): truncated or appended to")
    }
  }
}
