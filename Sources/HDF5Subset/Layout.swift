/// Where a dataset's elements lie.
struct Layout {
  private let address: UInt64
  private let size: UInt64
  private let isConstant: Bool

  /// Reads a data layout of version 4 that is contiguous.
  init(_ body: inout Cursor, isConstant: Bool) throws(SubsetError) {
    let object = body.object
    self.isConstant = isConstant
    let version: UInt8 = try body.number()
    guard version == 4 else {
      throw SubsetError(object, "has a data layout of version \(version), expected 4")
    }
    switch try body.number(UInt8.self) {
    case 0: throw SubsetError(object, "is compact, expected contiguous")
    case 1: break
    case 2: throw SubsetError(object, "is chunked, expected contiguous")
    case 3: throw SubsetError(object, "is virtual, expected contiguous")
    case let kind: throw SubsetError(object, "has a data layout of class \(kind), expected contiguous")
    }
    (address, size) = (try body.number(), try body.number())
    try body.finish("data layout")
  }

  /// The place of `count` bytes of elements, inside a file of `fileSize` bytes.
  func range(of count: Int, in fileSize: Int, _ object: String) throws(SubsetError) -> Range<Int> {
    guard size == UInt64(count) else { throw SubsetError(object, "stores \(size) bytes, expected \(count)") }
    if count == 0 {
      guard address == Superblock.undefined, !isConstant else {
        throw SubsetError(object, "has a place but no elements")
      }
      return 0..<0
    }
    guard address != Superblock.undefined, isConstant else {
      throw SubsetError(object, "has no place in the file")
    }
    guard let range = Range(address: address, count: size, in: fileSize) else {
      throw SubsetError(object, "lies outside the file: \(size) bytes at \(address) of \(fileSize)")
    }
    return range
  }
}
