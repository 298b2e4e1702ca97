/// Why processes cannot go on together, in one line.
public struct ClusterError: Error, Equatable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}
