/// Processes that cannot work together, or no longer: which, and why.
public struct ClusterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One line: who and what.
  public var description: String

  /// Creates an error from its line.
  public init(_ description: String) { self.description = description }

  /// A process gave no sign of life for some seconds.
  public static func silent(rank: Int, host: String, seconds: Int) -> ClusterError {
    ClusterError("rank \(rank) on \(host) has not been heard of for \(seconds) s")
  }
}
