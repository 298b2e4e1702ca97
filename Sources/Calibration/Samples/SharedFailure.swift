/// What ended the work of all ranks, and all of them know of.
public struct SharedFailure: Error, CustomStringConvertible {
  /// What this rank ran into, or what it was told by another one.
  public let reason: any Error

  /// Creates a failure that all know of.
  public init(reason: any Error) { self.reason = reason }

  /// The reason's own words.
  public var description: String { "\(reason)" }

  /// What an error is about, told by all or not.
  public static func reason(of error: any Error) -> any Error {
    (error as? SharedFailure)?.reason ?? error
  }
}
