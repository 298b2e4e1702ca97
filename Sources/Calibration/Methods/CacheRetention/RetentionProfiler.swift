import Compute
import Evaluation
import Inference
import Models
import Plan

/// Cache retention's profile of a model: how much each layer looks at the image, and which way of choosing entries costs least
/// (section 3 of the methods).
struct RetentionProfiler: CalibrationStage {
  static let name = "cache_retention"
  let context: Context
  let options: CalibrationOptions

  private var text: TextModel { context.model.text }
  /// Uniform rates at which rankings are compared.
  private static let rates = [0.5, 0.3, 0.15]

  /// What was found so far.
  struct State: Codable {
    /// Attention of the first samples, and of those that rankings are not compared on.
    fileprivate var whole: GatheredAttention
    fileprivate var half: GatheredAttention
    /// Samples in there.
    fileprivate var gathered = 0
    /// What each trial lost on the first of the samples that rankings are compared on.
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
    _ samples: [PreparedSample], from state: State?, reporter: any ProgressReporter,
    save: (State) throws -> Void
  ) throws -> State {
    reporter.begin("cache retention", total: steps(samples.count))
    var state = state ?? State(whole: noAttention, half: noAttention)
    state.result = try profile(samples, &state, reporter, save)
    reporter.end("entries ranked by \(state.profile.ranking.rawValue)")
    return state
  }

  /// Steps `profile` reports for that many samples.
  func steps(_ samples: Int) -> Int { samples + Self.candidates.count * samples }

  private static let candidates: [(ranking: CacheRetention.EntryRanking, evenShare: Double)] = [
    (.lastRow, 0), (.lastRow, 0.75), (.window, 0), (.window, 0.5), (.window, 0.75), (.window, 0.9),
    (.answerProfile, 0), (.answerProfile, 0.75), (.staggered, 0), (.even, 0), (.random, 0),
  ]

  private var noAttention: GatheredAttention {
    GatheredAttention(layers: text.layers, heads: text.keyValueHeads)
  }

  /// Measures the profile on the samples.
  func profile(_ samples: [PreparedSample], reporter: any ProgressReporter) throws -> RetentionProfile {
    var state = State(whole: noAttention, half: noAttention)
    return try profile(samples, &state, reporter) { _ in }
  }

  /// Measures the profile from where the state says.
  ///
  /// Ways to choose entries are compared on one half of the samples with attention gathered on the other: a ranking
  /// by gathered attention would otherwise be judged on what it has seen.
  private func profile(
    _ samples: [PreparedSample], _ state: inout State, _ reporter: any ProgressReporter,
    _ save: (State) throws -> Void
  ) throws -> RetentionProfile {
    func isCompared(_ index: Int) -> Bool { index % 2 == 1 || samples.count == 1 }
    var runs: [Int: DenseRun] = [:]
    try reporter.advance(by: state.gathered)
    for index in samples.indices.dropFirst(state.gathered) {
      let run = try DenseRun(samples[index], context)
      state.whole.add(run)
      if isCompared(index) { runs[index] = run } else { state.half.add(run) }
      state.gathered += 1
      try save(state)
      try reporter.advance(by: 1)
    }
    var profile = state.whole.profile(text)
    let gathered = samples.count > 1 ? state.half.profile(text) : profile
    let compared = samples.indices.filter(isCompared).map { index in
      (sample: samples[index], run: { try runs[index] ?? DenseRun(samples[index], context) })
    }
    try compareRankings(compared, gathered, &profile, &state, reporter, save)
    return profile
  }

  private func compareRankings(
    _ compared: [(sample: PreparedSample, run: () throws -> DenseRun)], _ gathered: RetentionProfile,
    _ profile: inout RetentionProfile, _ state: inout State, _ reporter: any ProgressReporter,
    _ save: (State) throws -> Void
  ) throws {
    // One half may have prompts of one length where all samples do not: then the plan has nothing to rank by.
    let hasAnswers = profile.answers != nil && gathered.answers != nil
    let known = Self.candidates.filter { $0.ranking != .answerProfile || hasAnswers }
    let trials = known.flatMap { candidate in Self.rates.map { (candidate, $0) } }
    if state.scores.isEmpty { state.scores = trials.map { _ in TrialScore() } }
    try reporter.advance(by: known.count * state.compared)
    for (sample, denseRun) in compared.dropFirst(state.compared) {
      let run = try denseRun()
      for (index, trial) in trials.enumerated() {
        let retention = CacheRetention(
          rates: Array(repeating: trial.1, count: text.layers), ranking: trial.0.ranking,
          evenShare: trial.0.evenShare)
        let logits = run.forcedLogits(retention, sample, gathered.answers?.values ?? [], context)
        let divergence = sample.reference.distributions.divergence(ofReduced: logits)
        state.scores[index].all.append(divergence)
        if sample.reference.answer.count >= 16 { state.scores[index].long.append(divergence) }
      }
      state.compared += 1
      try save(state)
      try reporter.advance(by: known.count)
    }
    profile.candidates = zip(trials, state.scores).map { trial, score in
      RetentionCandidate(
        ranking: trial.0.ranking, evenShare: trial.0.evenShare, rate: trial.1,
        divergence: Statistics.mean(score.all), longAnswerDivergence: Statistics.mean(score.long))
    }
    // The least divergence summed over the rates; baselines compete like the rest.
    let best = known.min { left, right in total(left, profile) < total(right, profile) }
    if let best { (profile.ranking, profile.evenShare) = (best.ranking, best.evenShare) }
  }

  private func total(
    _ candidate: (ranking: CacheRetention.EntryRanking, evenShare: Double), _ profile: RetentionProfile
  ) -> Double {
    profile.candidates.filter { $0.ranking == candidate.ranking && $0.evenShare == candidate.evenShare }
      .reduce(0) { $0 + $1.divergence }
  }
}

/// A dense run of one sample: its cache, and what it shows of its attention.
private final class DenseRun {
  private let state: DecodeState
  private let visualIndices: [Int32]
  /// Attention of the last prompt rows by layer: what every ranking chooses by.
  private let attention: [MatrixView]
  /// Visual attention of the last prompt row by layer.
  let visual: [VisualAttention]
  /// Attention of the answer rows on each visual token, `[L x Hkv x N]`, summed over the rows.
  let answer: [Float]
  let answerRows: Int

  init(_ sample: PreparedSample, _ context: Context) throws(InferenceError) {
    let text = context.model.text
    var prompt = PromptWatcher(queryHeads: text.queryHeads, watchedRows: EntrySelector.window)
    let result = try context.prefill(
      sample.prompt.copy(), schedule: Schedule(layers: text.layers),
      PrefillRange(reserve: sample.reference.answer.count), observer: &prompt)
    visualIndices = result.rows.visualIndices
    state = context.startDecoding(result)
    attention = prompt.attention
    visual = prompt.visual
    let fed = Array(sample.reference.answer.dropLast())
    var watcher = AnswerWatcher(
      rows: fed.count, visual: sample.prompt.rows.visualRows, queryHeads: text.queryHeads,
      keyValueHeads: text.keyValueHeads)
    _ = context.extend(fed, at: state.position, cache: state.cache, observer: &watcher)
    answer = watcher.sums
    answerRows = fed.count
  }

  /// Logits of the dense answer behind a copy of the cache from which `retention` has freed entries.
  ///
  /// Retention changes nothing in prefill, so one prefill serves every candidate.
  func forcedLogits(
    _ retention: CacheRetention, _ sample: PreparedSample, _ answerAttention: [Float], _ context: Context
  ) -> MatrixView {
    let text = context.model.text
    let selector = EntrySelector(
      retention, layers: text.layers, queryHeads: text.queryHeads, keyValueHeads: text.keyValueHeads,
      answerAttention: answerAttention)
    let reserve = sample.reference.answer.count
    let freed = KeyValueCache(
      layers: (0..<text.layers).map { layer in
        let whole = state.cache.layers[layer]
        return context.retained(
          selector, layer: layer, attention[layer], visualIndices: visualIndices,
          imageStarts: sample.prompt.imageStarts, reserve: reserve, of: whole
        ).cache ?? whole.copy(reserve: reserve)
      })
    return context.forcedLogits(sample.reference.answer, behind: state.replacing(freed))
  }

  private struct PromptWatcher: Observer {
    let queryHeads: Int
    let watchedRows: Int
    var visual: [VisualAttention] = []
    var attention: [MatrixView] = []

    init(queryHeads: Int, watchedRows: Int) {
      self.queryHeads = queryHeads
      self.watchedRows = watchedRows
    }

    mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
      self.attention.append(attention)
      visual.append(
        VisualAttention(attention: attention, visualRows: rows.visualRows, queryHeads: queryHeads))
    }
  }

  private struct AnswerWatcher: Observer {
    let rows: Int
    let visual: [Int]
    let queryHeads: Int
    let keyValueHeads: Int
    var sums: [Float] = []
    var watchedRows: Int { rows }

    init(rows: Int, visual: [Int], queryHeads: Int, keyValueHeads: Int) {
      self.rows = rows
      self.visual = visual
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
    }

    mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
      var layerSums = Array(repeating: Float(0), count: keyValueHeads * visual.count)
      let group = queryHeads / keyValueHeads
      for line in 0..<attention.rows {
        let head = line % queryHeads / group
        attention.withRow(line) { row in
          for (place, key) in visual.enumerated() { layerSums[head * visual.count + place] += row[key] }
        }
      }
      sums += layerSums
    }
  }
}

/// Attention over all samples.
private struct GatheredAttention: Codable {
  private let layers: Int
  private let heads: Int
  private var means: [[Double]]
  private var byHead: [[[Double]]]
  private var answer: [Float] = []
  private var answerRows = 0
  /// Prompts with different numbers of visual tokens have no common places.
  private var tokensDiffer = false

  init(layers: Int, heads: Int) {
    self.layers = layers
    self.heads = heads
    means = Array(repeating: [], count: layers)
    byHead = Array(repeating: Array(repeating: [], count: heads), count: layers)
  }

  mutating func add(_ run: DenseRun) {
    for (layer, attention) in run.visual.enumerated() {
      means[layer].append(attention.mean)
      for (head, mass) in attention.byKeyValueHead(heads).enumerated() { byHead[layer][head].append(mass) }
    }
    guard !run.answer.isEmpty else { return }
    if answer.isEmpty { answer = Array(repeating: 0, count: run.answer.count) }
    guard run.answer.count == answer.count else {
      tokensDiffer = true
      return
    }
    for index in answer.indices { answer[index] += run.answer[index] }
    answerRows += run.answerRows
  }

  func profile(_ text: TextModel) -> RetentionProfile {
    var profile = RetentionProfile()
    profile.visionAttentionMean = means.map { Statistics.mean($0) }
    profile.visionAttentionDeviation = means.map { Statistics.deviation($0) }
    profile.visionAttentionByHead = byHead.flatMap { $0.map { Statistics.mean($0) } }
    let group = Float(text.queryHeads / text.keyValueHeads)
    if !tokensDiffer, !answer.isEmpty {
      profile.answers = AnswerAttention(
        tokens: answer.count / (layers * heads),
        values: answer.map { $0 / (group * Float(max(1, answerRows))) })
    }
    // A third of the layers in each class: the start values would put nearly all layers of some models in one.
    let sorted = profile.visionAttentionMean.sorted()
    if sorted.count >= 3 {
      profile.thresholds.indifferent = sorted[(sorted.count - 1) / 3]
      profile.thresholds.attentive = sorted[sorted.count - sorted.count / 3]
    }
    profile.layerClass = profile.visionAttentionMean.map { profile.thresholds.layerClass(of: $0).rawValue }
    profile.retention = profile.visionAttentionMean.map { profile.thresholds.retention(of: $0) }
    return profile
  }
}
