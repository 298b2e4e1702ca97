import HDF5

/// An HDF5 file that appears under its name only when it is complete.
struct TraceFile {
  private let partial: PartialFile
  private let file: File
  private let root: Group

  init(creating path: String) throws {
    partial = PartialFile(for: path)
    do {
      file = try File.create(partial.path)
      root = try file.root()
    } catch {
      partial.discard()
      throw OutputError(path, error.reason)
    }
  }

  /// Writes a dataset with a description.
  func write<Scalar: HDF5Scalar>(_ name: String, _ values: [Scalar], shape: [Int], _ description: String)
    throws
  {
    try guarding {
      let dataset = try root.createDataset(name, type: Scalar.elementType, shape: shape)
      try dataset.write(values)
      try dataset.writeAttribute("description", description)
    }
  }

  /// Gives the file its name.
  func commit() throws {
    try guarding {
      try file.close()
      try partial.publish()
    }
  }

  private func guarding(_ body: () throws -> Void) throws {
    do { try body() } catch {
      partial.discard()
      if let error = error as? HDF5Error { throw OutputError(partial.destination, error.reason) }
      throw error
    }
  }
}
