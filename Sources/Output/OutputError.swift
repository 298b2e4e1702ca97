/// A file or stream that cannot be written: which one, and why.
public struct OutputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Name of the file as it was given, or of the stream.
  public var path: String
  /// What is wrong.
  public var reason: String

  /// Creates an error about one output.
  public init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  /// One line: output and reason.
  public var description: String { "\(path): cannot be written: \(reason)" }
}
