/// A run that cannot go on: what, and why.
public struct InferenceError: Error, Equatable, CustomStringConvertible {
  /// The input or setting at fault.
  public var object: String
  /// What is wrong with it.
  public var reason: String

  /// Creates an error about one object.
  public init(_ object: String, _ reason: String) {
    self.object = object
    self.reason = reason
  }

  /// Somebody asked the run to stop.
  public static let cancelled = InferenceError("run", "was cancelled")

  /// A request was not answered within its limit.
  public static let late = InferenceError("request", "takes longer than its limit")

  /// One line: object and reason.
  public var description: String { "\(object): \(reason)" }
}
