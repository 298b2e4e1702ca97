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
  let share: SampleShare
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

  /// Calibrates on `set`. With `resuming`, what the state file has is not computed again.
  ///
  /// - Parameters:
  ///   - neuronOrder: the order in which the plan's FFN neurons lie, where leading ones are to be tried, too.
  ///   - ordering: what was found to bring them there, to be kept in the state.
  public func calibrate(
    _ set: SampleSet, weightsDigest: String, neuronOrder: NeuronOrder? = nil,
    ordering: CalibrationState.Ordering? = nil, resuming: Bool, reporter: any ProgressReporter
  ) throws -> CalibrationRecord {
    let chosen = set.spread(options.limit)
    var (state, samples) = try begin(chosen, weightsDigest, ordering, resuming)
    let stages = stages(neuronOrder)
    // What is found already needs no dense answers beside it.
    if try !stages.allSatisfy({ try isFinished($0, state) }) {
      try prepare(samples, &state, reporter)
      for stage in stages { try run(stage, samples, &state, reporter) }
    }
    var record = try record(state, neuronOrder: neuronOrder)
    record.provenance.samples = chosen.samples.count
    record.provenance.seed = options.seed
    record.provenance.setDigest = state.key.samples
    record.provenance.pictures = try chosen.pictureDigests()
    record.provenance.kernels = state.kernels.sorted()
    return record
  }

  /// Works on a shard's samples as far as that goes without the other shards, and returns what was found.
  public func calibrateShard(
    _ set: SampleSet, weightsDigest: String, neuronOrder: NeuronOrder? = nil,
    ordering: CalibrationState.Ordering? = nil, resuming: Bool, reporter: any ProgressReporter
  ) throws -> CalibrationState {
    var (state, samples) = try begin(set.spread(options.limit), weightsDigest, ordering, resuming)
    let done = "the samples of this shard"
    do { try prepare(samples, &state, reporter) } catch is ShardIsDone { reporter.end(done) }
    for stage in stages(neuronOrder) {
      do { try run(stage, samples, &state, reporter) } catch is ShardIsDone { reporter.end(done) }
    }
    return state
  }

  private func begin(
    _ chosen: SampleSet, _ weightsDigest: String, _ ordering: CalibrationState.Ordering?, _ resuming: Bool
  ) throws -> (CalibrationState, SamplePool) {
    let key = CalibrationState.Key(weights: weightsDigest, samples: try chosen.digest(), options: options)
    // The first rank alone knows the file.
    var state = try share.onFirst {
      try resuming ? CalibrationState.load(statePath, key: key) : CalibrationState(key: key)
    }
    state.ordering = ordering ?? state.ordering
    state.kernels.formUnion(try share.everyones(KernelChoice.inUse))
    let samples = SamplePool(
      chosen.samples, context, maxTokens: options.maxTokens, share: share, store: room.store)
    return (state, samples)
  }

  private func prepare(
    _ samples: SamplePool, _ state: inout CalibrationState, _ reporter: any ProgressReporter
  ) throws {
    let saving = PacedSaving<CalibrationState> { try $0.save(statePath) }
    try saving.keeping {
      try samples.prepare(knowing: state.facts, reporter) {
        state.facts = $0
        try saving.offer(state)
      }
    }
  }

  /// Runs one stage from where its state says, and keeps its state.
  private func run<Stage: CalibrationStage>(
    _ stage: Stage, _ samples: SamplePool, _ state: inout CalibrationState,
    _ reporter: any ProgressReporter
  ) throws {
    let before = try state.stage(Stage.self)
    if let before, Stage.isFinished(before) { return }
    var saved = state
    // What a stage that ends early has found stays, too.
    defer { state = saved }
    let saving = PacedSaving<Stage.State> { progress in
      try saved.set(Stage.self, to: progress)
      try saved.save(statePath)
    }
    try saving.keeping {
      try saving.offer(try stage.run(samples, from: before, reporter: reporter, save: saving.offer))
    }
  }

  /// Whether a stage is through.
  private func isFinished<Stage: CalibrationStage>(_: Stage, _ state: CalibrationState) throws -> Bool {
    try state.stage(Stage.self).map(Stage.isFinished) ?? false
  }
}
