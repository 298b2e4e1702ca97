/// A process that works alone.
public final class SoleRank: Ranks {
  /// 1: this process.
  public let count = 1
  /// 0: the first and last one.
  public let own = 0
  /// This process alone.
  public let neighbours = [0]

  /// Nobody to wait for.
  public init() {}

  /// Returns what was given.
  public func gather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }

  /// Does nothing, as nobody listens.
  public func beat() {}
}
