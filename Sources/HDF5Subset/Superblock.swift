/// The first 48 bytes of the file.
struct Superblock {
  static let size = 48
  static let undefined = UInt64.max
  /// "\u{89}HDF\r\n\u{1a}\n" as a number.
  private static let signature: UInt64 = 0x0a1a_0a0d_4644_4889

  /// Address of the root group's header.
  let root: UInt64

  /// Demands version 3 at byte 0, 8-byte offsets, a cleanly closed and complete file, and the checksum.
  init(_ file: UnsafeRawBufferPointer) throws(SubsetError) {
    func refuse(_ reason: String) -> SubsetError { SubsetError("/", reason) }
    var cursor = try Cursor.stretch(of: file, at: 0, bytes: UInt64(file.count), object: "/", "bytes")
    guard cursor.remaining >= 8, try cursor.number() == Self.signature else {
      throw refuse("is not an HDF5 file")
    }
    guard file.count >= Self.size else { throw refuse("is truncated: \(file.count) bytes") }
    let version: UInt8 = try cursor.number()
    guard version == 3 else { throw refuse("has HDF5 superblock version \(version), expected 3") }
    let (offsets, lengths) = (try cursor.number(UInt8.self), try cursor.number(UInt8.self))
    guard offsets == 8, lengths == 8 else {
      throw refuse("has HDF5 offsets of \(offsets) and lengths of \(lengths) bytes, expected 8 and 8")
    }
    guard try cursor.number(UInt8.self) == 0 else { throw refuse("was not closed by its writer") }
    guard try cursor.number(UInt64.self) == 0 else {
      throw refuse("does not start at the beginning of the file")
    }
    guard try cursor.number() == Self.undefined else { throw refuse("has a superblock extension") }
    let end: UInt64 = try cursor.number()
    guard end == UInt64(file.count) else {
      throw refuse("has \(file.count) bytes where its header says \(end): truncated or appended to")
    }
    root = try cursor.number()
    let checked = try Cursor.stretch(of: file, at: 0, bytes: UInt64(cursor.position), object: "/", "bytes")
    guard try cursor.number() == checked.checksum else { throw refuse("has a superblock that is damaged") }
  }
}
