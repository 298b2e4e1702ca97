import Foundation
import HDF5

/// An HDF5 file that appears under its name only when it is complete.
struct TraceFile {
  private let path: String
  private let temporary: String
  private let file: File
  private let root: Group

  init(creating path: String) throws {
    self.path = path
    temporary = "\(path).partial-\(getpid())"
    do {
      file = try File.create(temporary)
      root = try file.root()
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw TraceError(description: "\(path): cannot be written: \(error.reason)")
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
      guard rename(temporary, path) == 0 else {
        throw TraceError(description: "\(path): cannot be written: \(String(cString: strerror(errno)))")
      }
    }
  }

  private func guarding(_ body: () throws -> Void) throws {
    do { try body() } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      if let error = error as? HDF5Error {
        throw TraceError(description: "\(path): cannot be written: \(error.reason)")
      }
      throw error
    }
  }
}

/// A trace that cannot be written, in one line.
struct TraceError: Error, CustomStringConvertible {
  let description: String
}
