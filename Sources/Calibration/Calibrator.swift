import Cluster
import Compute
public import Evaluation
public import Inference
import Models
public import Plan

/// Derives a model's calibration from a set, one stage a pruning method.
///
/// Deterministic for a seed. Stages save their states to a file as they go, from which a later run goes on.
public struct Calibrator {
  let context: Context
  let options: CalibrationOptions
  private let share: SampleShare
  private let room: SampleRoom
  private let statePath: String?

  /// A calibrator.
  ///
  /// - Parameters:
  ///   - share: who works on which samples; without it, this process on all of them.
  ///   - room: where what is known of samples is kept.
  ///   - statePath: where its state is saved, if anywhere.
  public init(
    _ context: Context, options: CalibrationOptions, share: SampleShare? = nil, room: SampleRoom = .memory,
    statePath: String? = nil
  ) {
    self.room = room
    self.context = context
    self.options = options
    self.share = share ?? .ranks(SoleRank())
    self.statePath = statePath
  }

  /// Window `R` of ranked attention layers.
  var window: Int {
    // Towers that take any size have no tokens of a tile; 256 is a small picture.
    let tokens = context.model.contents.model.tokensPerTile
    return options.attentionWindow ?? max(16, (tokens > 0 ? tokens : 256) / 8)
  }

  /// Calibrates on `set`. With `neuronOrder`, in which the plan's FFN neurons lie, leading
  /// neurons are tried too. With `resuming`, what
  /// the state file has is not computed again.
  public func calibrate(
    _ set: SampleSet, weightsDigest: String, neuronOrder: NeuronOrder? = nil, resuming: Bool,
    reporter: any ProgressReporter
  ) throws -> CalibrationRecord {
    let chosen = set.spread(options.limit)
    let key = CalibrationState.Key(weights: weightsDigest, samples: try chosen.digest(), options: options)
    // The first rank alone knows the file.
    var state = try share.onFirst {
      try resuming ? CalibrationState.load(statePath, key: key) : CalibrationState(key: key)
    }
    state.kernels.formUnion(try share.everyones(KernelChoice.inUse))
    let samples = SamplePool(
      chosen.samples, context, maxTokens: options.maxTokens, share: share,
      store: room.store)
    // What is found already needs no dense answers beside it.
    if try !areStagesFinished(state, neuronOrder: neuronOrder) {
      let saving = PacedSaving<CalibrationState> { try $0.save(statePath) }
      try saving.keeping {
        try samples.prepare(knowing: state.facts, reporter) {
          state.facts = $0
          try saving.offer(state)
        }
      }
    }
    var record = try runStages(samples, neuronOrder: neuronOrder, &state, reporter)
    record.provenance.samples = chosen.samples.count
    record.provenance.seed = options.seed
    record.provenance.setDigest = key.samples
    record.provenance.kernels = state.kernels.sorted()
    record.provenance.pictures = try chosen.pictureDigests()
    return record
  }

  /// Runs one stage from where its state says, and keeps its state.
  func run<Stage: CalibrationStage>(
    _ stage: Stage, _ samples: SamplePool, _ state: inout CalibrationState,
    _ reporter: any ProgressReporter
  ) throws -> Stage.State {
    let before = try state.stage(Stage.self)
    if let before, Stage.isFinished(before) { return before }
    var saved = state
    let saving = PacedSaving<Stage.State> { progress in
      try saved.set(Stage.self, to: progress)
      try saved.save(statePath)
    }
    let result = try saving.keeping {
      let result = try stage.run(samples, from: before, reporter: reporter, save: saving.offer)
      try saving.offer(result)
      return result
    }
    try state.set(Stage.self, to: result)
    return result
  }

  /// Whether a stage is through.
  func isFinished<Stage: CalibrationStage>(_ stage: Stage.Type, _ state: CalibrationState) throws -> Bool {
    try state.stage(stage).map(Stage.isFinished) ?? false
  }
}
