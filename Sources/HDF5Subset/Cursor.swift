/// Reads a stretch of the file from front to back, never past its end.
///
/// Nothing else loads from the file's memory. Invariant: `0 <= position <= end <= file.count`. `stretch` checks it for a
/// new cursor, and `advance`, the only one that moves `position`, keeps it; what is loaded lies between the old
/// `position` and the new one. The memory is valid by the contract of `SubsetReader`.
struct Cursor {
  private let file: UnsafeRawBufferPointer
  private(set) var position: Int
  private let end: Int
  /// Path of the object that the bytes belong to.
  let object: String

  private init(_ file: UnsafeRawBufferPointer, _ range: Range<Int>, of object: String) {
    self.file = file
    (position, end) = (range.lowerBound, range.upperBound)
    self.object = object
  }

  /// Bytes that are left.
  var remaining: Int { end - position }

  /// Starts at an address of the file, for a number of bytes that the file claims.
  static func stretch(
    of file: UnsafeRawBufferPointer, at address: UInt64, bytes count: UInt64, object: String, _ what: String
  ) throws(SubsetError) -> Cursor {
    guard let range = Range(address: address, count: count, in: file.count) else {
      throw SubsetError(
        object, "has its \(what) outside of the file: \(count) bytes at \(address) of \(file.count)")
    }
    return Cursor(file, range, of: object)
  }

  /// Moves on by `count` bytes and returns where they start.
  private mutating func advance(_ count: Int) throws(SubsetError) -> Int {
    guard count >= 0, count <= remaining else {
      throw SubsetError(object, "has a header that ends too early")
    }
    // Neither traps: `position + count <= end`.
    defer { position += count }
    return position
  }

  /// The next little-endian number.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type = Number.self
  ) throws(SubsetError) -> Number {
    let start = try advance(MemoryLayout<Number>.size)
    return Number(littleEndian: file.loadUnaligned(fromByteOffset: start, as: Number.self))
  }

  /// The next bytes as a stretch of their own.
  mutating func take(_ count: Int) throws(SubsetError) -> Cursor {
    let start = try advance(count)
    return Cursor(file, start..<start + count, of: object)
  }

  /// All bytes that are left.
  mutating func rest() throws(SubsetError) -> [UInt8] {
    let count = remaining
    let start = try advance(count)
    return Array(file[start..<start + count])
  }

  /// Whether all bytes that are left are zero, which are then read.
  mutating func zeros() throws(SubsetError) -> Bool {
    while remaining >= 8 { if try number(UInt64.self) != 0 { return false } }
    while remaining > 0 { if try number(UInt8.self) != 0 { return false } }
    return true
  }

  /// The checksum of the bytes that are left.
  var checksum: UInt32 { Lookup3.checksum(of: UnsafeRawBufferPointer(rebasing: file[position..<end]).bytes) }

  /// Demands that nothing is left.
  func finish(_ what: String) throws(SubsetError) {
    guard remaining == 0 else { throw SubsetError(object, "has \(remaining) bytes behind its \(what)") }
  }
}

extension Range<Int> {
  /// Bytes that a file of `size` bytes claims to have; `nil` when it does not.
  init?(address: UInt64, count: UInt64, in size: Int) {
    let (end, overflow) = address.addingReportingOverflow(count)
    guard !overflow, size >= 0, end <= UInt64(size), let start = Int(exactly: address),
      let end = Int(exactly: end)
    else { return nil }
    self = start..<end
  }
}
