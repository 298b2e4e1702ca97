public import Evaluation
public import Inference
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

  /// How much is tried.
  public struct Options: Sendable {
    /// Samples that the search measures harm on.
    public var screeningSamples = 40
    /// Settings that the search visits.
    public var trials = 500
    /// Settings that are measured on the whole set for each budget.
    public var finalists = 8
    /// Most tokens of an answer.
    public var maxTokens = 64
    /// Bytes of the weights, for budgets of memory.
    public var weightBytes = 0

    /// The defaults.
    public init() {}
  }

  /// What tuning found.
  public struct Result: Sendable {
    /// `dense`, then a point for each budget.
    public var points: [OperatingPoint]
    /// Everything measured that nothing else beats in divergence, prefill and memory, from careful to bold.
    public var front: [OperatingPoint]
  }

  /// A tuner for a calibrated plan, whose context knows the calibration.
  public init(_ context: Context, record: CalibrationRecord, options: Options = Options()) {
    self.context = context
    self.record = record
    self.options = options
    runner = SampleRunner(context, maxTokens: options.maxTokens)
  }

  /// Measures and returns `dense`, a point for each budget, and the front, with the figures of the validation split.
  public func tune(
    _ set: SampleSet, budgets: [PointBudget] = PointBudget.standard, reporter: any ProgressReporter
  ) throws -> Result {
    let (samples, fixed) = try prepare(set.spread(options.screeningSamples), reporter)
    let timing = try CostMeasurement(context, samples.map(\.prompt), record).measure(reporter)
    let trials = try search(samples, timing.model, budgets, reporter)
    let finalists = budgets.flatMap { self.finalists(trials, $0, timing, fixed) }

    let points = ([.dense] + finalists).uniqued.enumerated().map {
      $0.offset == 0 ? .dense : OperatingPoint(name: "candidate-\($0.offset)", settings: $0.element)
    }
    reporter.begin("measuring \(points.count - 1) candidates", total: set.samples.count)
    let scores = try Evaluator(runner).evaluate(set, points: points) { _, _ in try reporter.advance(by: 1) }
    reporter.end("\(set.samples.count) samples")
    let picker = PointPicker(scores, fixed)
    func named(_ name: String, _ score: PointScore) -> OperatingPoint {
      var figures = score.figures(beside: scores[0])
      figures.imageSeconds = fixed.imageSeconds
      return OperatingPoint(name: name, settings: score.point.settings, figures: figures)
    }
    return Result(
      points: [named("dense", scores[0])] + budgets.map { named($0.name, picker.best(for: $0)) },
      front: picker.front.enumerated().map { named("front-\($0.offset + 1)", $0.element) })
  }

  private func prepare(
    _ set: SampleSet, _ reporter: any ProgressReporter
  ) throws -> ([PreparedSample], FixedCosts) {
    reporter.begin("dense answers", total: set.samples.count)
    var seconds: [Double] = []
    let samples = try set.samples.map { sample in
      let start = StageClock.now
      let prompt = try runner.prompt(sample)
      seconds.append(StageClock.now - start)
      let prepared = PreparedSample(prompt: prompt, reference: try runner.reference(prompt))
      try reporter.advance(by: 1)
      return prepared
    }
    reporter.end("\(samples.count) samples")
    // Neighbours that share a picture take no time; most of a spread set do not.
    return (
      samples,
      FixedCosts(imageSeconds: Statistics.median(seconds), residentBytes: Double(options.weightBytes))
    )
  }

  private func search(
    _ samples: [PreparedSample], _ costs: CostModel, _ budgets: [PointBudget],
    _ reporter: any ProgressReporter
  ) throws -> [FrontSearch.Trial] {
    let context = context
    let space = SettingsSpace(record, layers: context.model.text.layers)
    let search = FrontSearch(
      space: space, costs: costs, views: budgets.map(\.view).uniqued, trials: options.trials)
    reporter.begin("searching settings", total: options.trials)
    let trials = try search.run(
      measure: { settings in
        let schedule = try context.model.schedule(settings)
        var divergences: [Double] = []
        for sample in samples {
          let answer = sample.reference.answer
          let prefill = try context.prefill(
            sample.prompt.copy(), schedule: schedule, PrefillRange(reserve: answer.count))
          let logits = context.forcedLogits(answer, behind: context.startDecoding(prefill))
          divergences.append(sample.reference.distributions.divergence(ofReduced: logits))
          // What is hopeless on a quarter of the samples is not worth the others.
          let isQuarter = divergences.count == samples.count / 4
          if isQuarter, Statistics.mean(divergences) > 2 * FrontSearch.hopelessDivergence { break }
        }
        return Statistics.mean(divergences)
      }, onTrial: { try reporter.advance(by: 1) })
    let best = FrontSearch.front(trials) { $0.prefill }
    reporter.end("\(trials.count) settings, \(best.count) on the front of divergence and prefill")
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
          prefill: trial.prefill, step: timing.model.stepSeconds(trial.settings),
          entryShare: trial.entryShare, operationShare: trial.operationShare,
          kvBytes: trial.entryShare * timing.denseKVBytes), fixed)
    }
    var front = FrontSearch.front(allowed) { $0.prefill }
    // Where a budget is only of costs, the least harm within it is what is asked for.
    if budget.maximumLoss == nil { return front.prefix(options.finalists).map(\.settings) }
    let mild = front.filter { $0.divergence <= budget.view.divergence }
    front = mild.isEmpty ? Array(front.prefix(1)) : mild
    let count = min(front.count, options.finalists)
    guard count > 1 else { return front.map(\.settings) }
    return (0..<count).map { front[$0 * (front.count - 1) / (count - 1)].settings }
  }
}

extension Collection where Element: Equatable {
  /// The elements without repetitions, in the order of their first.
  fileprivate var uniqued: [Element] {
    reduce(into: []) { result, element in
      if !result.contains(element) { result.append(element) }
    }
  }
}
