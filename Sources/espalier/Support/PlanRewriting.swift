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
  private let share = SampleShare.ranks(SoleRank())
  /// Neurons of each layer as they lie in the plan, by their places in the checkpoint; `nil` for those places.
  private var neuronOrder: NeuronOrder?

  init(_ path: String, _ engine: EngineOptions) throws {
    let plan = try Plan(contentsOf: path)
    self.plan = plan
    contents = plan.contents
    progress = ConsoleProgress(check: plan.checkUnchanged)
    context = try engine.context(plan)
    self.engine = engine
    neuronOrder = NeuronOrder(plan.contents)
  }

  /// The same plan with its FFN neurons in the order of their strength on `set`, or just the same where they cannot
  /// change places. The new plan is a file that has lost its name, and goes with this process whatever ends it.
  func orderingNeurons(by set: SampleSet, options: CalibrationOptions, near output: String) throws -> PlanWork
  {
    var contents = plan.contents
    guard NeuronOrdering.applies(to: contents) else { return self }
    // What a calibration says about the order of neurons is not true of another one.
    contents.calibration = nil
    contents.points = []
    contents.front = []
    let order = try NeuronOrdering(context, options: options).order(set, share: share, reporter: progress)
    var work = try PlanWork.nameless(near: output, engine) { path in
      try PlanWriter.write(
        contents, weights: OrderedWeights(plan.weights, order: order, workers: Workers(context.pool)),
        to: path)
    }
    work.neuronOrder = order.after(neuronOrder)
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
      .search(set, upTo: limit, share: share, reporter: progress)
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
    _ set: SampleSet, options: CalibrationOptions, statePath: String?, resuming: Bool
  ) throws -> CalibrationRecord {
    var record = try Calibrator(context, options: options, share: share, statePath: statePath)
      .calibrate(
        set, weightsDigest: plan.weightsDigest, neuronOrder: neuronOrder, resuming: resuming,
        reporter: progress)
    record.narrowProducts = narrowHarm
    return record
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
    state: StateFile
  ) throws -> Tuner.Result {
    var contents = contents
    contents.calibration = record
    let model = try Model(contents, weights: plan.weights, cachePrecision: engine.cache)
    let calibrated = Context(model, pool: context.pool)
    return try Tuner(calibrated, record: record, options: complete(options), statePath: state.path)
      .tune(
        set, budgets: budgets, weightsDigest: plan.weightsDigest, resuming: state.resuming,
        reporter: progress)
  }

  /// Writes the same weights with new contents; an existing file is replaced only when all is written.
  func write(_ contents: PlanContents, to path: String) throws {
    try PlanWriter.write(contents, weights: plan.weights, to: path)
  }

  /// A plan that `make` writes to a file beside an output, which then loses its name: it goes with this process whatever
  /// ends it. What is wrong with the file is wrong with the output.
  static func nameless(
    near output: String, _ engine: EngineOptions, make: (_ path: String) throws -> Void
  ) throws -> PlanWork {
    let path = try AtomicFile.scratchPath(for: output)
    defer { unlink(path) }
    do {
      try make(path)
      return try PlanWork(path, engine)
    } catch var error as PlanError where error.file == path {
      error.file = output
      throw error
    } catch var error as CheckpointError where error.file == path {
      error.file = output
      throw error
    }
  }
}
