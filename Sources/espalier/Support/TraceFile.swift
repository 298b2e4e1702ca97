import HDF5
import Output

/// An HDF5 file that appears under its name only when it is complete.
final class TraceFile {
  private let partial: AtomicFile
  private let file: File
  /// The root, as long as something is written: the library keeps a file open for as long as any object of it.
  private var root: Group?

  init(creating path: String) throws {
    partial = try AtomicFile(for: path)
    do {
      file = try File.create(partial.path)
      root = try file.root()
    } catch { throw OutputError(path, error.reason) }
  }

  /// Writes a dataset with a description.
  func write<Scalar: HDF5Scalar>(_ name: String, _ values: [Scalar], shape: [Int], _ description: String)
    throws
  {
    try naming {
      let dataset = try root?.createDataset(name, type: Scalar.elementType, shape: shape)
      try dataset?.write(values)
      try dataset?.writeAttribute("description", description)
    }
  }

  /// Gives the file its name, when all of it is on the disk.
  func commit() throws {
    try naming {
      root = nil
      try file.flush()
      try file.close()
    }
    try partial.publish()
  }

  private func naming(_ body: () throws -> Void) throws {
    do { try body() } catch let error as HDF5Error {
      throw OutputError(partial.destination, "\(error.object): \(error.reason)")
    }
  }
}
