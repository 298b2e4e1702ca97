internal import CHDF5

/// A dataset: an array of numbers or fixed strings of any shape.
public final class Dataset: AttributeOwner, Sendable {
  /// Path inside the file.
  public let path: String
  let handle: Handle

  init(path: String, handle: Handle) {
    self.path = path
    self.handle = handle
  }

  /// Writes the whole dataset.
  public func write<Scalar: HDF5Scalar>(_ values: [Scalar]) throws(HDF5Error) {
    guard let (type, count) = elements(), type == Scalar.elementType, count == values.count else {
      throw HDF5Error(object: path, operation: "\(values.count) \(Scalar.elementType) do not fill it")
    }
    try write(rows: 0..<(shape?.first ?? 1), bytes: values.span.bytes)
  }

  /// Writes some rows (indices of the first dimension) from bytes in the stored type.
  ///
  /// Large tensors are written piece by piece; a scalar dataset has one row.
  public func write(rows: Range<Int>, bytes: RawSpan) throws(HDF5Error) {
    guard let type, let shape else { throw HDF5Error(object: path, operation: "type or shape is unknown") }
    let rowBytes = shape.dropFirst().reduce(type.size, *)
    guard rows.lowerBound >= 0, rows.upperBound <= shape.first ?? 1, rows.count * rowBytes == bytes.byteCount
    else { throw HDF5Error(object: path, operation: "\(bytes.byteCount) bytes do not fill rows \(rows)") }
    if rows.isEmpty || rowBytes == 0 { return }
    let datatype = try type.makeDatatype(path)
    let whole = espalier_whole_space()
    if shape.isEmpty {
      try bytes.withUnsafeBytes { (raw) throws(HDF5Error) in
        _ = try Library.check(path, "cannot write") {
          H5Dwrite(handle.id, datatype.id, whole, whole, espalier_default_properties(), raw.baseAddress)
        }
      }
      return
    }
    let start = [hsize_t(rows.lowerBound)] + shape.dropFirst().map { _ in 0 }
    let count = [hsize_t(rows.count)] + shape.dropFirst().map { hsize_t($0) }
    let memory = try makeDataspace(path, shape: [rows.count] + shape.dropFirst())
    let file = try makeDataspace(path, shape: shape)
    try Library.check(path, "cannot select rows \(rows)") {
      H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, count, nil)
    }
    try bytes.withUnsafeBytes { (raw) throws(HDF5Error) in
      _ = try Library.check(path, "cannot write") {
        H5Dwrite(handle.id, datatype.id, memory.id, file.id, espalier_default_properties(), raw.baseAddress)
      }
    }
  }

  /// Reads the whole dataset, which must have exactly this type.
  public func read<Scalar: HDF5Scalar>(_: Scalar.Type = Scalar.self) throws(HDF5Error) -> [Scalar] {
    guard let (type, count) = elements() else {
      throw HDF5Error(object: path, operation: "type or shape is not one that can be read")
    }
    guard type == Scalar.elementType else {
      throw HDF5Error(object: path, operation: "is \(type), not \(Scalar.elementType)")
    }
    let datatype = try type.makeDatatype(path)
    let whole = espalier_whole_space()
    var failure: HDF5Error?
    let values = [Scalar](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(HDF5Error) {
        if count > 0 {
          try Library.check(path, "cannot read") {
            H5Dread(handle.id, datatype.id, whole, whole, espalier_default_properties(), buffer.baseAddress)
          }
        }
        filled = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }

  /// Type and element count, or `nil` when either is not acceptable or the size overflows.
  private func elements() -> (type: ElementType, count: Int)? {
    guard let type, let shape else { return nil }
    var bytes = type.size
    for extent in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      bytes = product
    }
    return (type, bytes / type.size)
  }
}
