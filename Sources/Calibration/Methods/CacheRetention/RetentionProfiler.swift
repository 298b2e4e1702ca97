import Compute
import Evaluation
import Inference
import Models
import Plan

/// Cache retention's profile of a model: how much each layer looks at the image, and which way of choosing entries costs least
/// (section 3 of the methods).
struct RetentionProfiler: CalibrationStage {
  static let name = "cache_retention"
  /// What progress calls the stage.
  static let title = "cache retention"
  let context: Context
  let options: CalibrationOptions

  private var text: TextModel { context.model.text }
  /// Uniform rates at which rankings are compared.
  private static let rates = [0.5, 0.3, 0.15]

  /// What was found so far.
  struct State: Codable {
    /// Attention of the samples so far, and of those that rankings are not compared on.
    fileprivate var whole: GatheredAttention
    fileprivate var half: GatheredAttention
    /// Samples in there.
    fileprivate var gathered = 0
    /// What each trial lost on the samples that rankings are compared on, so far.
    fileprivate var scores: [TrialScore] = []
    fileprivate var compared = 0
    fileprivate var result: RetentionProfile?

    /// The profile, or nothing while samples are left.
    var profile: RetentionProfile { result ?? RetentionProfile() }
  }

  fileprivate struct TrialScore: Codable {
    var all: [Double] = []
    /// Of answers of at least 16 tokens.
    var long: [Double] = []
  }

  static func isFinished(_ state: State) -> Bool { state.result != nil }

  func run(
    _ samples: SamplePool, from state: State?, reporter: any ProgressReporter,
    save: (State) throws -> Void
  ) throws -> State {
    reporter.begin(Self.title, total: steps(samples.count))
    var state = state ?? State(whole: noAttention, half: noAttention)
    state.result = try profile(samples, &state, reporter, save)
    reporter.end("entries ranked by \(state.profile.ranking.rawValue)")
    return state
  }

  /// Times dense runs, and some of the trials.
  func forecast(_ probe: SampleProbe, over count: Int) throws -> StageForecast<State> {
    var state = State(whole: noAttention, half: noAttention)
    var runs: [Int: DenseRun] = [:]
    let dense = try probe.seconds { runs[$0] = try DenseRun(probe.samples.sample($0), context) }
    for run in runs.sorted(by: { $0.key < $1.key }).map(\.value) {
      state.whole.add(run.shown)
      state.half.add(run.shown)
    }
    let gathered = state.half.profile(text)
    let trials = trials(gathered)
    let times = try trials.spread(Self.timedTrials).map { trial in
      try probe.seconds { place in
        let own = runs[place] == nil ? 0 : place
        if let run = runs[own] { _ = try loss(trial, on: probe.samples.sample(own), run, gathered) }
      }
    }
    state.scores = trials.indices.map { number in
      TrialScore(all: [1e-3 * Double(number)], long: [1e-3 * Double(number)])
    }
    state.result = profile(&state)
    let (gathering, comparing) = Self.halves(of: count)
    let seconds =
      Double(gathering.count + comparing.count) * dense
      + Double(comparing.count * trials.count) * Statistics.mean(times)
    return StageForecast(
      parts: [StageEstimate(stage: Self.title, seconds: seconds)], samples: count, state: state)
  }

  private static let timedTrials = 6

  /// Places of the samples that attention is gathered on, and of those that rankings are compared on: two halves, each
  /// of which all ranks have their part of, or one sample for both.
  private static func halves(of count: Int) -> (gathering: Range<Int>, comparing: Range<Int>) {
    let half = (count + 1) / 2
    return (0..<half, count > 1 ? half..<count : 0..<half)
  }

  /// Steps `profile` reports for that many samples.
  func steps(_ samples: Int) -> Int {
    (samples + 1) / 2 + max(1, samples / 2) * (1 + Self.candidates.count)
  }

  private static let candidates: [(ranking: CacheRetention.EntryRanking, evenShare: Double)] = [
    (.lastRow, 0), (.lastRow, 0.75), (.window, 0), (.window, 0.5), (.window, 0.75), (.window, 0.9),
    (.answerProfile, 0), (.answerProfile, 0.75), (.staggered, 0), (.even, 0), (.random, 0),
  ]

  private var noAttention: GatheredAttention {
    GatheredAttention(layers: text.layers, heads: text.keyValueHeads)
  }

  /// Measures the profile on the samples.
  func profile(_ samples: SamplePool, reporter: any ProgressReporter) throws -> RetentionProfile {
    var state = State(whole: noAttention, half: noAttention)
    return try profile(samples, &state, reporter) { _ in }
  }

  /// Measures the profile from where the state says.
  ///
  /// Ways to choose entries are compared on one half of the samples with attention gathered on the other: a ranking
  /// by gathered attention would otherwise be judged on what it has seen.
  private func profile(
    _ samples: SamplePool, _ state: inout State, _ reporter: any ProgressReporter,
    _ save: (State) throws -> Void
  ) throws -> RetentionProfile {
    let (gathering, comparing) = Self.halves(of: samples.count)
    try reporter.advance(by: state.gathered)
    try samples.fold(
      gathering.dropFirst(state.gathered), reporter: reporter,
      { try DenseRun(samples.sample($0), context).shown },
      take: { shown in
        state.whole.add(shown)
        state.half.add(shown)
        state.gathered += 1
        try save(state)
      })
    try compareRankings(samples, comparing, &state, reporter, save)
    return profile(&state)
  }

  /// What one sample says: its attention, and what each trial loses on it.
  private struct Comparison: Codable {
    var shown: ShownAttention
    var divergences: [Double]
    var isLong: Bool
  }

  private func compareRankings(
    _ samples: SamplePool, _ places: Range<Int>, _ state: inout State, _ reporter: any ProgressReporter,
    _ save: (State) throws -> Void
  ) throws {
    let gathered = state.half.profile(text)
    let trials = trials(gathered)
    if state.scores.isEmpty { state.scores = trials.map { _ in TrialScore() } }
    let steps = 1 + trials.count / Self.rates.count
    try reporter.advance(by: steps * state.compared)
    try samples.fold(places.dropFirst(state.compared), steps: steps, reporter: reporter) { place in
      let sample = try samples.sample(place)
      let run = try DenseRun(sample, context)
      let divergences = try trials.map { trial in
        try reporter.advance(by: 0)
        return loss(trial, on: sample, run, gathered)
      }
      return Comparison(
        shown: run.shown, divergences: divergences, isLong: sample.reference.answer.count >= 16)
    } take: { comparison in
      if samples.count > 1 { state.whole.add(comparison.shown) }
      for (index, divergence) in comparison.divergences.enumerated() {
        state.scores[index].all.append(divergence)
        if comparison.isLong { state.scores[index].long.append(divergence) }
      }
      state.compared += 1
      try save(state)
    }
  }

  private func loss(
    _ trial: Trial, on sample: PreparedSample, _ run: DenseRun, _ gathered: RetentionProfile
  ) -> Double {
    let retention = CacheRetention(
      rates: text.retentionRates(trial.rate), ranking: trial.ranking,
      evenShare: trial.evenShare)
    let logits = run.forcedLogits(retention, sample, gathered.answers?.values ?? [], context)
    return sample.reference.distributions.divergence(ofReduced: logits)
  }

  /// A way to choose entries, at a uniform rate.
  private typealias Trial = (ranking: CacheRetention.EntryRanking, evenShare: Double, rate: Double)

  /// What is tried. One half may have prompts of one length where all samples do not: then the plan has nothing to rank
  /// by.
  private func trials(_ gathered: RetentionProfile) -> [Trial] {
    Self.candidates.filter { $0.ranking != .answerProfile || gathered.answers != nil }.flatMap { candidate in
      Self.rates.map { (candidate.ranking, candidate.evenShare, $0) }
    }
  }

  private func profile(_ state: inout State) -> RetentionProfile {
    var profile = state.whole.profile(text)
    let hasAnswers = profile.answers != nil
    profile.candidates = zip(trials(state.half.profile(text)), state.scores).compactMap { trial, score in
      if trial.ranking == .answerProfile, !hasAnswers { return nil }
      return RetentionCandidate(
        ranking: trial.ranking, evenShare: trial.evenShare, rate: trial.rate,
        divergence: Statistics.mean(score.all), longAnswerDivergence: Statistics.mean(score.long))
    }
    // The least divergence summed over the rates; baselines compete like the rest.
    let best = Self.candidates.filter { candidate in
      profile.candidates.contains {
        $0.ranking == candidate.ranking && $0.evenShare == candidate.evenShare
      }
    }.min { left, right in total(left, profile) < total(right, profile) }
    if let best { (profile.ranking, profile.evenShare) = (best.ranking, best.evenShare) }
    return profile
  }

  private func total(
    _ candidate: (ranking: CacheRetention.EntryRanking, evenShare: Double), _ profile: RetentionProfile
  ) -> Double {
    profile.candidates.filter { $0.ranking == candidate.ranking && $0.evenShare == candidate.evenShare }
      .reduce(0) { $0 + $1.divergence }
  }
}
