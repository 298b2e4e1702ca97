/// A process that works alone.
public final class SoleRank: Ranks {
  /// Creates the only rank.
  public init() {}

  /// One.
  public var count: Int { 1 }
  /// The first.
  public var own: Int { 0 }
  /// This process.
  public var neighbours: [Int] { [0] }
  /// What was given.
  public func gather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }
  /// Does nothing.
  public func beat() {}
}
