import Plan
import PlanFile

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

  /// One printable line: `FILE: OBJECT: REASON`.
  ///
  /// A checkpoint's own words stand in it, so line ends become spaces, other characters that a terminal acts upon are
  /// written as escapes, and what is long is cut.
  public var description: String {
    [file, object, reason].filter { !$0.isEmpty }.map(Self.printable).joined(separator: ": ")
  }

  private static func printable(_ text: String) -> String {
    var result = ""
    for (place, scalar) in text.unicodeScalars.enumerated() {
      guard place < 512 else { return result + "..." }
      switch scalar.properties.generalCategory {
      case _ where scalar == "\n" || scalar == "\r": result += " "
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// Runs code of the plan format as part of an import.
func planFormat<Result>(_ body: () throws(PlanError) -> Result) throws(CheckpointError) -> Result {
  do { return try body() } catch { throw CheckpointError(error) }
}
