/// How long a stage of a compilation will probably take.
public struct StageEstimate: Equatable, Sendable {
  /// Name of the stage, that of its progress.
  public var stage: String
  /// Seconds.
  public var seconds: Double

  /// An estimate.
  public init(stage: String, seconds: Double) {
    self.stage = stage
    self.seconds = seconds
  }
}

/// What a calibration stage says of itself before it runs.
struct StageForecast<State> {
  /// How long its parts take.
  var parts: [StageEstimate]
  /// Samples that it runs on.
  var samples: Int
  /// What it may find, so that stages behind it have something to go on from: as much of it, and as large.
  var state: State
}
