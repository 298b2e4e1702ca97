import Foundation
import Plan

/// What a calibration has found so far, saved beside its output as its stages go, so that a killed run goes on where it
/// was.
public struct CalibrationState: Codable {
  /// What the state belongs to; a state of anything else is of no use.
  public struct Key: Codable, Equatable {
    /// Digest of the plan's weights.
    public var weights: String
    /// Digest of the calibration samples.
    public var samples: String
    /// Options of the calibration.
    public var options: CalibrationOptions

    /// Creates a key.
    public init(weights: String, samples: String, options: CalibrationOptions) {
      self.weights = weights
      self.samples = samples
      self.options = options
    }
  }

  /// What the state belongs to.
  public var key: Key
  /// The order into which the plan's neurons were brought first, which is not found again.
  var ordering: Ordering?
  /// Names of the kernels that what is here was found with.
  var kernels: Set<String> = []
  /// Sizes of the samples that were prepared.
  var facts: [Int: SampleFacts] = [:]
  /// States of the stages by their names, each in its stage's own form.
  private var stages: [String: Data] = [:]

  init(key: Key) { self.key = key }

  /// Where the neurons of a plan went before it was calibrated.
  public struct Ordering: Codable, Sendable {
    /// Digest of the weights before.
    public var weights: String
    /// Where they went.
    public var order: NeuronOrder
  }

  /// The order that the state saved at `path` has for the neurons of a plan, where there is one.
  static func order(_ path: String?, ofWeights digest: String) throws -> NeuronOrder? {
    guard let path, let ordering = try read(path)?.ordering, ordering.weights == digest else { return nil }
    return ordering.order
  }

  /// What a stage has found so far, if anything.
  func stage<Stage: CalibrationStage>(_ stage: Stage.Type) throws -> Stage.State? {
    try stages[Stage.name].map { try SavedState.decoder.decode(Stage.State.self, from: $0) }
  }

  /// Takes in what a stage has found.
  mutating func set<Stage: CalibrationStage>(_ stage: Stage.Type, to state: Stage.State) throws {
    stages[Stage.name] = try SavedState.encoder.encode(state)
  }

  /// What all shards of a calibration found, put together.
  init(merging shards: [CalibrationState]) throws {
    self = shards[0]
    for shard in shards.dropFirst() {
      facts.merge(shard.facts) { own, _ in own }
      kernels.formUnion(shard.kernels)
      for stage in Calibrator.divisible { try merge(stage, of: shard) }
    }
    // Whoever goes on need not run everything, too.
    key.options.isExhaustive = false
  }

  private mutating func merge<Stage: CalibrationStage>(_ stage: Stage.Type, of other: CalibrationState) throws
  {
    guard var own = try self.stage(stage), let its = try other.stage(stage) else { return }
    Stage.merge(its, into: &own)
    try set(stage, to: own)
  }

  /// The state saved at `path`, or a fresh one where none is. One that cannot be read, or belongs to another
  /// calibration, is an error that says what differs.
  static func load(_ path: String?, key: Key) throws -> CalibrationState {
    guard let path, let state = try read(path) else { return CalibrationState(key: key) }
    if let difference = state.key.difference(from: key) { throw SavedState.unfit(path, difference) }
    return state
  }

  /// Throws when the state saved at a path is of other samples or options, where one is.
  public static func check(_ path: String, samples: String, options: CalibrationOptions) throws {
    guard let state = try read(path) else { return }
    let key = Key(weights: state.key.weights, samples: samples, options: options)
    if let difference = state.key.difference(from: key) { throw SavedState.unfit(path, difference) }
  }

  private static func read(_ path: String) throws -> CalibrationState? {
    try SavedState.read(path, "calibration")
  }

  /// Saves the state at once or not at all.
  func save(_ path: String?) throws {
    if let path { try SavedState.write(self, to: path, "calibration") }
  }
}

extension CalibrationState.Key {
  /// How this is not `other`, in the words of the command line; `nil` where they are the same.
  func difference(from other: Self) -> String? {
    if let difference = options.difference(from: other.options) { return "was made with \(difference)" }
    if samples != other.samples { return "was made with another set" }
    return weights == other.weights ? nil : "was made of another plan"
  }
}

extension CalibrationOptions {
  fileprivate func difference(from other: Self) -> String? {
    Calibration.difference("--limit", limit, other.limit) { "\($0 ?? 0)" }
      ?? Calibration.difference("--ranking-limit", rankingLimit, other.rankingLimit) { "\($0)" }
      ?? Calibration.difference("--seed", seed, other.seed) { "\($0)" }
      ?? Calibration.difference("--prior-layers", priorLayers, other.priorLayers) { "\($0)" }
      ?? Calibration.difference("--window", attentionWindow, other.attentionWindow) {
        $0.map { "\($0)" } ?? "left to the model"
      }
      ?? Calibration.difference("--narrow-harm", narrowHarm, other.narrowHarm) {
        $0.map { "\($0)" } ?? "left out"
      } ?? Calibration.difference("--max-tokens", maxTokens, other.maxTokens) { "\($0)" }
      ?? (isSame(as: other) ? nil : "other candidates")
  }

  /// Whether two calibrations find the same, however much of it they run.
  private func isSame(as other: Self) -> Bool {
    var own = self
    own.isExhaustive = other.isExhaustive
    return own == other
  }
}
