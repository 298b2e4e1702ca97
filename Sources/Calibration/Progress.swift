/// Told how far a long piece of work is. Throwing stops it at a point from which it can be resumed.
public protocol ProgressReporter: AnyObject {
  /// A stage begins that has `total` steps.
  func begin(_ stage: String, total: Int)
  /// Some steps of the stage are done; throws when the work should stop.
  func advance(by steps: Int) throws
  /// The stage is over; `summary` says what came of it.
  func end(_ summary: String)
}

/// Reports to nobody.
public final class SilentProgress: ProgressReporter {
  /// Creates a reporter.
  public init() {}
  /// Does nothing.
  public func begin(_ stage: String, total: Int) {}
  /// Does nothing.
  public func advance(by steps: Int) {}
  /// Does nothing.
  public func end(_ summary: String) {}
}
