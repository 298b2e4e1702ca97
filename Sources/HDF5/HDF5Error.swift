internal import Glibc

/// A failed call into libhdf5: what was being done, to which object, and the system's reason if it gave one.
public struct HDF5Error: Error, Equatable, Sendable, CustomStringConvertible {
  /// Path of the file or of the object inside it.
  public var object: String
  /// What failed, as a phrase: `cannot create dataset`.
  public var operation: String
  /// `errno` at the time of the failure, 0 when the system was not the reason.
  public var systemError: Int32

  /// Creates an error.
  public init(object: String, operation: String, systemError: Int32 = 0) {
    self.object = object
    self.operation = operation
    self.systemError = systemError
  }

  /// The operation and the system's reason, without the object.
  public var reason: String {
    guard systemError != 0, let text = strerror(systemError) else { return operation }
    return "\(operation): \(String(cString: text))"
  }

  /// One line: `OBJECT: REASON`.
  public var description: String { "\(object): \(reason)" }
}
