import Cluster
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
  /// What progress calls dense's answers.
  static let answersTitle = "dense answers to validate by"
  /// What progress calls the search.
  static let searchTitle = "searching settings"
  /// What progress calls the measurement of what the search found.
  static let candidatesTitle = "measuring candidates"

  let context: Context
  let record: CalibrationRecord
  let options: Options
  let share: SampleShare
  private let room: SampleRoom
  /// What times are measured with, by one rank alone.
  private let timing: Context
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
    /// Whether times are left to be measured on the box where the plan will run: costs are counted in operations.
    public var leavesTimes = false
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

  /// A tuner for a calibrated plan, whose context knows the calibration.
  ///
  /// - Parameters:
  ///   - share: who works on which samples; without it, this process on all of them.
  ///   - timing: what times are measured with, by one rank alone, which may have more threads; without it, the same context.
  ///   - room: where what is known of samples is kept.
  ///   - statePath: where its state is saved, if anywhere.
  public init(
    _ context: Context, record: CalibrationRecord, options: Options = Options(), share: SampleShare? = nil,
    timing: Context? = nil, room: SampleRoom = .memory, statePath: String? = nil
  ) {
    self.room = room
    self.timing = timing ?? context
    self.share = share ?? .ranks(SoleRank())
    self.statePath = statePath
    self.context = context
    self.record = record
    self.options = options
  }

  /// What the state of a tuning on a set is told apart by, but for the plan.
  public static func key(
    _ set: SampleSet, _ budgets: [PointBudget], _ options: Options, in context: Context
  ) throws -> TuningState.Key {
    TuningState.Key(
      samples: try set.digest(), options: options, budgets: budgets,
      threads: options.leavesTimes ? 0 : context.pool.count,
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
    let key = try Self.key(set, budgets, options, in: timing).of(weights: weightsDigest, record)
    // The first rank alone knows the file.
    let state = try share.onFirst {
      try resuming ? TuningState.load(statePath, key: key) : TuningState(key: key)
    }
    let saving = PacedSaving<TuningState> { try $0.save(statePath) }
    return try saving.keeping { try tune(set, budgets, from: state, reporter, save: saving.offer) }
  }

  private func tune(
    _ set: SampleSet, _ budgets: [PointBudget], from known: TuningState, _ reporter: any ProgressReporter,
    save: (TuningState) throws -> Void
  ) throws -> Result {
    var state = known
    let samples = SamplePool(
      set.samples, context, maxTokens: options.maxTokens, share: share,
      store: room.store, title: Self.answersTitle)
    try samples.prepare(knowing: state.facts, reporter) {
      state.facts = $0
      try save(state)
    }
    let screened = min(options.screeningSamples, samples.count)
    let fixed = FixedCosts(residentBytes: Double(options.weightBytes))
    let costs = try costs(of: samples, &state, reporter, save)
    let trials = try search(samples, first: screened, costs.model, budgets, &state, reporter, save)
    let finalists = budgets.flatMap { self.finalists(trials, $0, costs, fixed) }
    let candidates = ([.dense] + finalists).uniqued
    let scores = try scores(of: candidates, samples, costs.model, &state, reporter, save)
    let picker = PointPicker(scores, fixed)
    func named(_ name: String, _ score: PointScore) -> OperatingPoint {
      var figures = score.figures(beside: scores[0])
      if options.leavesTimes { figures.forgetTimes() }
      return OperatingPoint(name: name, settings: score.point.settings, figures: figures)
    }
    return Result(
      points: [named("dense", scores[0])] + budgets.map { named($0.name, picker.best(for: $0)) },
      front: picker.front.enumerated().map { named("front-\($0.offset + 1)", $0.element) })
  }

  /// What settings cost, measured by one rank alone, or counted.
  private func costs(
    of samples: SamplePool, _ state: inout TuningState, _ reporter: any ProgressReporter,
    _ save: (TuningState) throws -> Void
  ) throws -> CostMeasurement.Result {
    // In the order of the set, of which neighbours may share pictures.
    let screened = (0..<min(options.screeningSamples, samples.count)).map(samples.question)
    let measurement = CostMeasurement(timing, screened, record)
    if options.leavesTimes { return try measurement.count() }
    var own = state
    state.times = try share.onFirst {
      try measurement.timing.measure(from: own.times, reporter) {
        own.times = $0
        try save(own)
      }
    }
    // All ranks fit the same model to the same times.
    return try measurement.fit(state.times, reporter)
  }

  private func search(
    _ samples: SamplePool, first count: Int, _ costs: CostModel, _ budgets: [PointBudget],
    _ state: inout TuningState, _ reporter: any ProgressReporter, _ save: (TuningState) throws -> Void
  ) throws -> [FrontSearch.Trial] {
    let space = SettingsSpace(record, context.model.text)
    let search = FrontSearch(
      space: space, costs: costs, views: budgets.map(\.view).uniqued, trials: options.trials)
    reporter.begin(Self.searchTitle, total: options.trials)
    // The same costs lead the same way: what is known are the first places.
    var visited = 0
    let prompts = PromptCache(samples)
    let trials = try search.run(
      measure: { settings, bound in
        if state.trials.count == visited { state.trials.append(SearchTrial()) }
        let forecast = HarmForecast(state.trials.prefix(visited), samples: count)
        var trial = state.trials[visited]
        var known = state
        try run(&trial, settings, below: bound, samples, prompts, forecast, reporter) { trial in
          known.trials[visited] = trial
          try save(known)
        }
        state.trials[visited] = trial
        visited += 1
        return Divergences.even(moved: forecast.mean(of: trial.moved).likely)
      }, onTrial: { try reporter.advance(by: 1) })
    let best = FrontSearch.front(trials) { $0.firstToken }
    let runs = state.trials.reduce(0) { $0 + $1.moved.count }
    let share = Int((100 * Double(runs) / Double(max(1, trials.count * count))).rounded())
    reporter.end(
      "\(trials.count) settings on \(share) % of the samples, \(best.count) on the front of divergence and first token"
    )
    return trials
  }

  /// Measures settings on the samples, the hardest first, until they are sure to harm more than `bound`.
  private func run(
    _ trial: inout SearchTrial, _ settings: PruningSettings, below bound: Double, _ samples: SamplePool,
    _ prompts: PromptCache, _ forecast: HarmForecast, _ reporter: any ProgressReporter,
    save: (SearchTrial) throws -> Void
  ) throws {
    let schedule = try context.model.schedule(settings)
    while !trial.isOver {
      let left = forecast.order.filter { trial.moved[$0] == nil }
      let places = Array(left.prefix(options.isExhaustive ? left.count : SampleOrder.block))
      let before = trial
      let found = try samples.results(
        at: places, steps: 0, reporter: reporter,
        save: { known in
          var saved = before
          saved.moved.merge(known) { $1 }
          try save(saved)
        }
      ) { place in
        try reporter.advance(by: 0)
        let prompt = try prompts.prompt(place, at: settings.picture)
        let reference = try samples.sample(place).reference
        return Divergences.moved(try Self.divergence(of: prompt, schedule, from: reference, context))
      }
      for (place, moved) in zip(places, found) { trial.moved[place] = moved }
      let mean = forecast.mean(of: trial.moved)
      let isTold = mean.isGoodEnough || Divergences.even(moved: mean.least) > bound
      trial.isOver = places.count == left.count || isTold && !options.isExhaustive
      try save(trial)
    }
  }

  /// How far a schedule is from dense on dense's answer, behind a prompt.
  static func divergence(
    of prompt: PromptRows, _ schedule: Schedule, from reference: SampleRunner.Reference, _ context: Context
  ) throws -> Double {
    let prefill = try context.prefill(
      prompt.copy(), schedule: schedule, PrefillRange(reserve: reference.answer.count))
    let logits = context.forcedLogits(reference.answer, behind: context.startDecoding(prefill))
    return reference.distributions.divergence(ofReduced: logits)
  }

  /// Scores of the candidates on all samples, dense first, with their times.
  private func scores(
    of candidates: [PruningSettings], _ samples: SamplePool, _ costs: CostModel, _ state: inout TuningState,
    _ reporter: any ProgressReporter, _ save: (TuningState) throws -> Void
  ) throws -> [PointScore] {
    reporter.begin(Self.candidatesTitle, total: samples.count)
    if state.scores.values.contains(where: { $0.count != candidates.count }) { state.scores = [:] }
    let runner = SampleRunner(context, maxTokens: options.maxTokens)
    var known = state
    let found = try samples.results(
      at: 0..<samples.count, known: state.scores, reporter: reporter,
      save: {
        known.scores = $0
        try save(known)
      }
    ) { place in
      let sample = samples.question(place)
      let dense = try runner.timedPrompt(sample)
      var prompts: [PictureSettings: TimedPrompt] = [.dense: dense]
      let reference = try samples.sample(place).reference
      return try candidates.map { settings in
        try reporter.advance(by: 0)
        let prompt =
          try prompts[settings.picture]
          ?? runner.timedPrompt(sample, view: PictureView(settings: settings.picture))
        prompts[settings.picture] = prompt
        return try runner.harm(sample, prompt, settings: settings, reference: reference, dense: dense)
      }
    }
    state = known
    reporter.end("\(candidates.count - 1) candidates on \(samples.count) samples")
    let times = try times(of: candidates, samples, costs, &state, reporter, save)
    return candidates.enumerated().map { index, settings in
      let name = index == 0 ? "dense" : "candidate-\(index)"
      return PointScore(
        OperatingPoint(name: name, settings: settings), samples: found.map { $0[index].with(times[index]) })
    }
  }

  /// Times of the candidates, measured by one rank alone, or as their operations would have them.
  private func times(
    of candidates: [PruningSettings], _ samples: SamplePool, _ costs: CostModel, _ state: inout TuningState,
    _ reporter: any ProgressReporter, _ save: (TuningState) throws -> Void
  ) throws -> [AnswerTimes] {
    if options.leavesTimes {
      return candidates.map { settings in
        AnswerTimes(
          image: costs.imageSeconds(settings), vision: costs.imageSeconds(settings),
          prefill: costs.prefillSeconds(settings), selection: 0, step: costs.stepSeconds(settings))
      }
    }
    let timing = SettingsTiming(
      timing, (0..<samples.count).map(samples.question), candidates, turns: 2, titles: .candidates)
    var own = state
    state.candidateTimes = try share.onFirst {
      try timing.measure(from: own.candidateTimes, reporter) {
        own.candidateTimes = $0
        try save(own)
      }
    }
    reporter.end("\(candidates.count) settings")
    return timing.medians(state.candidateTimes).times
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
