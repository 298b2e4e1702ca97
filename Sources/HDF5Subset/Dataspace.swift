/// The extents of a dataset or attribute.
struct Dataspace {
  /// No extents for a scalar.
  let shape: [Int]

  /// Reads a dataspace of version 2 whose number of extents is one of `ranks`.
  init(_ body: inout Cursor, ranks: ClosedRange<UInt8>) throws(SubsetError) {
    let object = body.object
    let version: UInt8 = try body.number()
    guard version == 2 else { throw SubsetError(object, "has a dataspace of version \(version), expected 2") }
    let (rank, flags, kind) = (
      try body.number(UInt8.self), try body.number(UInt8.self), try body.number(UInt8.self)
    )
    // Scalars are of kind 0, others of kind 1, with the greatest extents behind the extents.
    guard kind == (rank == 0 ? 0 : 1), flags == kind else {
      throw SubsetError(
        object, "has a dataspace of kind \(kind) with flags \(flags), which is not in the subset")
    }
    guard ranks.contains(rank) else {
      throw SubsetError(object, "has \(rank) extents, expected \(ranks.lowerBound) to \(ranks.upperBound)")
    }
    var extents: [UInt64] = []
    for _ in 0..<rank { extents.append(try body.number()) }
    for extent in extents where try body.number() != extent {
      throw SubsetError(object, "has extents that may grow")
    }
    var shape: [Int] = []
    for extent in extents {
      guard let extent = Int(exactly: extent) else {
        throw SubsetError(object, "has an extent of \(extent), too large to address")
      }
      shape.append(extent)
    }
    self.shape = shape
    try body.finish("dataspace")
  }

  /// Bytes of all elements.
  func byteCount(_ type: SubsetType, of object: String) throws(SubsetError) -> Int {
    var count = type.size
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw SubsetError(object, "has shape \(shape), too large to address") }
      count = product
    }
    return count
  }
}
