import Calibration
import Checkpoints
import Cluster
import Compute
import Evaluation
import Glibc
import Inference
import Output
import Plan
import PlanFile
import PlanWriting

/// Calibration and tuning of an opened plan, each giving new contents for the same weights.
struct PlanWork {
  let plan: Plan
  private(set) var context: Context
  /// What new plans of the same weights start from.
  private(set) var contents: PlanContents
  private var narrowHarm: NarrowProductHarm?
  /// Hours of work on a plan that somebody has written to would be for nothing.
  let progress: ConsoleProgress

  private let engine: EngineOptions
  private let team: Team
  /// Neurons of each layer as they lie in the plan, by their places in the checkpoint; `nil` for those places.
  private var neuronOrder: NeuronOrder?
  /// What brought them there just now.
  private var ordering: CalibrationState.Ordering?

  init(_ path: String, _ engine: EngineOptions, _ team: Team = .alone) throws {
    let plan = try Plan(contentsOf: path)
    self.plan = plan
    contents = plan.contents
    progress = ConsoleProgress {
      try plan.checkUnchanged()
      try team.ranks.beat()
    }
    context = try engine.context(plan, team)
    self.engine = engine
    self.team = team
    neuronOrder = NeuronOrder(plan.contents)
  }

  /// The same plan with its FFN neurons in the order of their strength on `set`, or just the same where they cannot
  /// change places. The new plan is a file that has lost its name, and goes with this process whatever ends it.
  func orderingNeurons(
    by set: SampleSet, options: CalibrationOptions, state: StateFile, near place: String
  ) throws -> PlanWork {
    var contents = plan.contents
    guard NeuronOrdering.applies(to: contents) else { return self }
    // What a calibration says about the order of neurons is not true of another one.
    contents.calibration = nil
    contents.points = []
    contents.front = []
    let ordering = try NeuronOrdering(context, options: options).order(
      set, weightsDigest: plan.weightsDigest, share: team.share,
      statePath: state.resuming ? state.path : nil, reporter: progress)
    var work = try PlanWork.nameless(near: place, engine, team) { path in
      try PlanWriter.write(
        contents,
        weights: OrderedWeights(plan.weights, order: ordering.order, workers: Workers(context.pool)),
        to: path)
    }
    work.ordering = ordering
    work.neuronOrder = ordering.order.after(neuronOrder)
    return work
  }

  /// The same with activations of 7 bits in as many products as may lose by them what the options allow.
  func narrowing(by set: SampleSet, options: CalibrationOptions) throws -> PlanWork {
    guard let limit = options.narrowHarm else { return self }
    guard !NarrowProductSearch.candidates(of: contents).isEmpty else {
      throw ExecutionError("--narrow-harm: no weights of \(plan.path.printable()) are int8")
    }
    var work = self
    work.contents.narrowProducts = []
    work.context = try work.rebound()
    let (narrow, harm) = try NarrowProductSearch(work.context, options: options)
      .search(set, upTo: limit, share: team.share, reporter: progress)
    work.narrowHarm = harm
    work.contents.narrowProducts = narrow
    work.context = try work.rebound()
    return work
  }

  private func rebound() throws -> Context {
    Context(
      try Model(contents, weights: plan.weights, cachePrecision: engine.cache), pool: context.pool)
  }

  /// Calibrates; the state of an unfinished calibration is at `statePath`.
  func calibrate(
    _ set: SampleSet, options: CalibrationOptions, room: SampleRoom, statePath: String?, resuming: Bool
  ) throws -> CalibrationRecord {
    var record = try Calibrator(
      context, options: options, share: team.share, room: room, statePath: statePath
    )
    .calibrate(
      set, weightsDigest: plan.weightsDigest, neuronOrder: neuronOrder, ordering: ordering,
      resuming: resuming,
      reporter: progress)
    record.narrowProducts = narrowHarm
    return record
  }

  /// Does one shard of a calibration.
  func calibrateShard(
    _ set: SampleSet, shard: SampleShare, options: CalibrationOptions, room: SampleRoom, statePath: String?,
    resuming: Bool
  ) throws -> CalibrationState {
    try Calibrator(context, options: options, share: shard, room: room, statePath: statePath)
      .calibrateShard(
        set, weightsDigest: plan.weightsDigest, neuronOrder: neuronOrder, ordering: ordering,
        resuming: resuming,
        reporter: progress)
  }

  /// Throws where there is no room for so many plans of this size beside an output, before work that takes long.
  func checkRoom(for output: String, plans: Int) throws {
    try AtomicFile.checkRoom(plan.fileSize, files: plans, for: output)
  }

  /// Throws when the state of a tuning that is to be gone on from is of another one, before work that takes long.
  func checkTuning(
    _ state: StateFile, _ set: SampleSet, _ budgets: [PointBudget], _ options: Tuner.Options
  ) throws {
    guard let path = state.path, state.isThere else { return }
    try TuningState.check(path, try Tuner.key(set, budgets, complete(options), in: context))
  }

  private func complete(_ options: Tuner.Options) -> Tuner.Options {
    var options = options
    options.weightBytes = plan.weights.byteCount
    return options
  }

  /// Tunes with a calibration, on a context that knows it.
  func tune(
    _ set: SampleSet, record: CalibrationRecord, budgets: [PointBudget], options: Tuner.Options,
    room: SampleRoom, state: StateFile
  ) throws -> Tuner.Result {
    try tuner(record: record, options: options, room: room, statePath: state.path)
      .tune(
        set, budgets: budgets, weightsDigest: plan.weightsDigest, resuming: state.resuming,
        reporter: progress)
  }

  private func tuner(
    record: CalibrationRecord, options: Tuner.Options, room: SampleRoom = .memory, statePath: String? = nil
  ) throws -> Tuner {
    var contents = contents
    contents.calibration = record
    let model = try Model(contents, weights: plan.weights, cachePrecision: engine.cache)
    let calibrated = Context(model, pool: context.pool)
    // One rank that times alone has the machine for itself.
    let timing = team.ranks.count == 1 || !team.isFirst ? calibrated : Context(model, threads: engine.count)
    return Tuner(
      calibrated, record: record, options: complete(options), share: team.share, timing: timing, room: room,
      statePath: statePath)
  }

  /// What a calibration will take, and a record as large as the one that will come of it; nothing is kept of it.
  func estimate(
    _ set: SampleSet, options: CalibrationOptions
  ) throws -> (WorkEstimate, CalibrationRecord) {
    try Calibrator(context, options: options, share: team.share).estimate(
      set, neuronOrder: NeuronOrdering.applies(to: contents) ? NeuronOrder(contents.model) : nil,
      reporter: progress)
  }

  /// What a tuning will take; nothing is kept of it.
  func estimate(
    _ set: SampleSet, record: CalibrationRecord, budgets: [PointBudget], options: Tuner.Options
  ) throws -> WorkEstimate {
    try tuner(record: record, options: options).estimate(set, budgets: budgets, reporter: progress)
  }

  /// Writes the same weights with new contents; an existing file is replaced only when all is written.
  func write(_ contents: PlanContents, to path: String) throws {
    try PlanWriter.write(contents, weights: plan.weights, to: path)
  }

  /// A plan that `make` writes to a file beside another place, which then loses its name: it goes with the processes that
  /// have it open, whatever ends them. What is wrong with the file is wrong with the place.
  ///
  /// Of several ranks on a machine one makes the file, and all of them open it.
  static func nameless(
    near place: String, _ engine: EngineOptions, _ team: Team = .alone, make: (_ path: String) throws -> Void
  ) throws -> PlanWork {
    let path = team.isLeader ? try AtomicFile.scratchPath(for: place) : ""
    defer { if team.isLeader { unlink(path) } }
    do {
      if team.isLeader { try make(path) }
      // Nobody opens a file before it is complete, nor removes its name before all have it open.
      let paths = try team.ranks.gather(path)
      let work = try PlanWork(paths[team.ranks.neighbours[0]], engine, team)
      try team.checkSame(work.plan.weightsDigest, "working copy")
      return work
    } catch var error as PlanError where error.file == path {
      error.file = place
      throw error
    } catch var error as CheckpointError where error.file == path {
      error.file = place
      throw error
    }
  }
}
