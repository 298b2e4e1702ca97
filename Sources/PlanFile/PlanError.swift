package import Plan

/// Why a plan cannot be read or written: one file, one object in it, one reason.
public struct PlanError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Path of the plan.
  public var file: String
  /// Path of the object inside the plan, such as `/weights/text/embedding`; `/` for the file as a whole.
  public var object: String
  /// What is wrong, found beside expected where both are known.
  public var reason: String

  /// Creates an error.
  public init(file: String, object: String = "/", reason: String) {
    self.file = file
    self.object = object
    self.reason = reason
  }

  /// One line: `FILE: OBJECT: REASON`; of the file as a whole `FILE: REASON`.
  public var description: String {
    (object == "/" ? "\(file): \(reason)" : "\(file): \(object): \(reason)").split(
      whereSeparator: \.isNewline
    ).joined(separator: " ")
  }
}

extension Flaw {
  /// The flaw as an error about a file, which may itself be the object.
  package func error(in file: String) -> PlanError {
    PlanError(file: file, object: object == file ? "/" : object, reason: reason)
  }
}

/// Runs code whose flaws belong to a file.
package func inFile<Result>(_ file: String, _ body: () throws(Flaw) -> Result) throws(PlanError) -> Result {
  do { return try body() } catch { throw error.error(in: file) }
}
