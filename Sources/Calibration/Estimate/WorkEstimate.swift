/// What a piece of work will probably take, found by timing parts of it on a few samples.
public struct WorkEstimate: Sendable {
  /// Its stages in their order.
  public var stages: [StageEstimate] = []
  /// Bytes of what is known of samples at the same time, in memory or in the file that has the rest.
  public var sampleBytes = 0

  /// Seconds of all stages.
  public var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }

  /// Nothing so far.
  public init() {}

  /// Adds what samples take that ranks divide among each other.
  mutating func add(_ parts: [StageEstimate], among ranks: Int) {
    stages += parts.map { StageEstimate(stage: $0.stage, seconds: $0.seconds / Double(ranks)) }
  }
}
