import Compute
public import Evaluation
public import Inference
import Models
public import Plan

/// Finds the operating points: what saves most within each budget of lost accuracy, or harms least within each budget
/// of time and memory.
///
/// A cost model is fitted to measured times; a search over all settings measures harm on a part of the validation split;
/// what it finds worthwhile runs on all of it, interleaved with dense. Points are picked by those measurements alone.
public struct Tuner {
  private let context: Context
  private let record: CalibrationRecord
  private let runner: SampleRunner
  private let options: Options
  private let statePath: String?

  /// How much is tried.
  public struct Options: Equatable, Sendable, Codable {
    /// Samples that the search measures harm on.
    public var screeningSamples = 40
    /// Settings that the search visits.
    public var trials = 500
    /// Settings that are measured on the whole set for each budget.
    public var finalists = 8
    /// Most tokens of an answer.
    public var maxTokens = 64
    /// Whether every trial runs on all samples, those too that are sure to lie behind.
    public var isExhaustive = false
    /// Bytes of the weights, for budgets of memory.
    public var weightBytes = 0

    /// The defaults.
    public init() {}
  }

  /// What tuning found.
  public struct Result: Sendable {
    /// `dense`, then a point for each budget.
    public var points: [OperatingPoint]
    /// Everything measured that nothing else beats in divergence, first token and memory, from careful to bold.
    public var front: [OperatingPoint]
  }

  /// A tuner for a calibrated plan, whose context knows the calibration; `statePath` is where its state is saved, if
  /// anywhere.
  public init(
    _ context: Context, record: CalibrationRecord, options: Options = Options(), statePath: String? = nil
  ) {
    self.statePath = statePath
    self.context = context
    self.record = record
    self.options = options
    runner = SampleRunner(context, maxTokens: options.maxTokens)
  }

  /// What the state of a tuning on a set is told apart by, but for the plan.
  public static func key(
    _ set: SampleSet, _ budgets: [PointBudget], _ options: Options, in context: Context
  ) throws -> TuningState.Key {
    TuningState.Key(
      samples: try set.digest(), options: options, budgets: budgets, threads: context.pool.count,
      cache: context.model.cachePrecision.rawValue)
  }

  /// Measures and returns `dense`, a point for each budget, and the front, with the figures of the validation split.
  ///
  /// With `resuming`, what the state file has is not measured again.
  ///
  /// - Parameter weightsDigest: tells the state of one plan from that of another.
  public func tune(
    _ set: SampleSet, budgets: [PointBudget] = PointBudget.standard, weightsDigest: String = "",
    resuming: Bool = false, reporter: any ProgressReporter
  ) throws -> Result {
    let key = try Self.key(set, budgets, options, in: context).of(weights: weightsDigest, record)
    let state = try resuming ? TuningState.load(statePath, key: key) : TuningState(key: key)
    let saving = PacedSaving<TuningState> { try $0.save(statePath) }
    return try saving.keeping { try tune(set, budgets, from: state, reporter, save: saving.offer) }
  }

  private func tune(
    _ set: SampleSet, _ budgets: [PointBudget], from known: TuningState, _ reporter: any ProgressReporter,
    save: (TuningState) throws -> Void
  ) throws -> Result {
    var state = known
    let samples = try prepare(set.spread(options.screeningSamples), reporter)
    let fixed = FixedCosts(residentBytes: Double(options.weightBytes))
    let timing = try CostMeasurement(context, samples.map(\.sample), record)
      .measure(from: state.times, reporter) {
        state.times = $0
        try save(state)
      }
    let trials = try search(samples, timing.model, budgets, from: state.divergences, reporter) {
      state.divergences = $0
      try save(state)
    }
    let finalists = budgets.flatMap { self.finalists(trials, $0, timing, fixed) }

    let points = ([.dense] + finalists).uniqued.enumerated().map {
      $0.offset == 0 ? .dense : OperatingPoint(name: "candidate-\($0.offset)", settings: $0.element)
    }
    reporter.begin("measuring \(points.count - 1) candidates", total: set.samples.count)
    if state.scores.count != points.count { state.scores = [] }
    try reporter.advance(by: state.scores.first?.count ?? 0)
    let scores = try Evaluator(runner).evaluate(
      set, points: points, from: state.scores, onSample: { _, _ in try reporter.advance(by: 1) },
      onScores: { scores in
        state.scores = scores.map(\.samples)
        try save(state)
      })
    reporter.end("\(set.samples.count) samples")
    let picker = PointPicker(scores, fixed)
    func named(_ name: String, _ score: PointScore) -> OperatingPoint {
      OperatingPoint(
        name: name, settings: score.point.settings, figures: score.figures(beside: scores[0]))
    }
    return Result(
      points: [named("dense", scores[0])] + budgets.map { named($0.name, picker.best(for: $0)) },
      front: picker.front.enumerated().map { named("front-\($0.offset + 1)", $0.element) })
  }

  private func prepare(
    _ set: SampleSet, _ reporter: any ProgressReporter
  ) throws -> [PreparedSample] {
    reporter.begin("dense answers", total: set.samples.count)
    let samples = try set.samples.map { sample in
      let prepared = try PreparedSample(sample, runner)
      try reporter.advance(by: 1)
      return prepared
    }
    reporter.end("\(samples.count) samples")
    return samples
  }

  private func search(
    _ samples: [PreparedSample], _ costs: CostModel, _ budgets: [PointBudget], from known: [Double],
    _ reporter: any ProgressReporter, save: ([Double]) throws -> Void
  ) throws -> [FrontSearch.Trial] {
    let context = context
    let space = SettingsSpace(record, layers: context.model.text.layers)
    let search = FrontSearch(
      space: space, costs: costs, views: budgets.map(\.view).uniqued, trials: options.trials)
    reporter.begin("searching settings", total: options.trials)
    // The same costs lead the same way: what is known are the divergences of the first places.
    var found = known
    var visited = 0
    let prompts = PromptCache(context, samples)
    let hopeless = budgets.map(\.view.divergence).max() ?? FrontSearch.hopelessDivergence
    let trials = try search.run(
      measure: { settings in
        visited += 1
        if visited <= known.count { return known[visited - 1] }
        let schedule = try context.model.schedule(settings)
        var divergences: [Double] = []
        for (index, sample) in samples.enumerated() {
          let answer = sample.reference.answer
          let prefill = try context.prefill(
            try prompts.prompt(index, at: settings.picture).copy(), schedule: schedule,
            PrefillRange(reserve: answer.count))
          let logits = context.forcedLogits(answer, behind: context.startDecoding(prefill))
          divergences.append(sample.reference.distributions.divergence(ofReduced: logits))
          try reporter.advance(by: 0)
          // What is hopeless on a quarter of the samples is not worth the others.
          let isQuarter = divergences.count == samples.count / 4
          if isQuarter, Divergences.even(divergences) > 2 * hopeless { break }
        }
        found.append(Divergences.even(divergences))
        try save(found)
        return found[visited - 1]
      }, onTrial: { try reporter.advance(by: 1) })
    let best = FrontSearch.front(trials) { $0.firstToken }
    reporter.end("\(trials.count) settings, \(best.count) on the front of divergence and first token")
    return trials
  }

  /// What a budget may take: of the trials that meet its demands, evenly over the front from careful to bold, no bolder
  /// than its loss could ever allow.
  private func finalists(
    _ trials: [FrontSearch.Trial], _ budget: PointBudget, _ timing: CostMeasurement.Result,
    _ fixed: FixedCosts
  ) -> [PruningSettings] {
    let allowed = trials.filter { trial in
      budget.allows(
        PointCosts(
          image: timing.model.imageSeconds(trial.settings),
          prefill: timing.model.prefillSeconds(trial.settings),
          step: timing.model.stepSeconds(trial.settings),
          entryShare: trial.entryShare, operationShare: trial.operationShare,
          kvBytes: trial.entryShare * timing.denseKVBytes), fixed)
    }
    var front = FrontSearch.front(allowed) { $0.firstToken }
    // Where a budget is only of costs, the least harm within it is what is asked for.
    if budget.maximumLoss == nil { return front.prefix(options.finalists).map(\.settings) }
    let mild = front.filter { $0.divergence <= budget.view.divergence }
    front = mild.isEmpty ? Array(front.prefix(1)) : mild
    let count = min(front.count, options.finalists)
    guard count > 1 else { return front.map(\.settings) }
    return (0..<count).map { front[$0 * (front.count - 1) / (count - 1)].settings }
  }
}
