import PlanFormat

/// Why a checkpoint cannot be imported: one file, one key or tensor in it, one reason.
public struct CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Path of the file.
  public var file: String
  /// Key, tensor or place in the file; empty for the file as a whole.
  public var object: String
  /// What is wrong, found beside expected where both are known.
  public var reason: String

  /// Creates an error.
  public init(file: String, object: String = "", reason: String) {
    self.file = file
    self.object = object
    self.reason = reason
  }

  init(_ error: PlanError) {
    // The whole of a file has no name of its own.
    self.init(
      file: error.file, object: error.object == "/" || error.object == error.file ? "" : error.object,
      reason: error.reason)
  }

  /// One line: `FILE: OBJECT: REASON`.
  public var description: String {
    let line = object.isEmpty ? "\(file): \(reason)" : "\(file): \(object): \(reason)"
    return line.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

/// Runs code of the plan format as part of an import.
func planFormat<Result>(_ body: () throws(PlanError) -> Result) throws(CheckpointError) -> Result {
  do { return try body() } catch { throw CheckpointError(error) }
}
