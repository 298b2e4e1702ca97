import Inference

/// What one pruning method finds out about a model: a stage of a calibration.
///
/// A stage saves its state as it goes, so that a run that was ended goes on within the stage.
protocol CalibrationStage {
  /// What the stage has found so far, and when it is over, all of it.
  associatedtype State: Codable

  /// Name of the state in the file of an unfinished calibration.
  static var name: String { get }

  /// Whether a state is the last one.
  static func isFinished(_ state: State) -> Bool

  /// Goes on from a state (or begins) and returns the last one. `save` is called with states to go on from, after each
  /// piece of work that takes seconds; most of them are not written to a file.
  func run(
    _ samples: SamplePool, from state: State?, reporter: any ProgressReporter,
    save: (State) throws -> Void
  ) throws -> State

  /// How long it will take over `count` samples, by pieces of its work that are timed.
  func forecast(_ probe: SampleProbe, over count: Int) throws -> StageForecast<State>

  /// Takes in what another shard of the same calibration found.
  static func merge(_ other: State, into state: inout State)
}

extension CalibrationStage {
  /// Nothing, where a stage cannot be divided into shards.
  static func merge(_ other: State, into state: inout State) {}
}
