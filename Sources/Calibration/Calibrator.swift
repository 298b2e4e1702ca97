public import Inference
import Models
public import PlanFormat
public import Evaluation

/// Derives a model's calibration from a set: transport cost weights, retention profile, layer rankings.
///
/// Deterministic for a seed. Every finished part is saved to the state file, from which a later run goes on.
public struct Calibrator {
  private let session: Session
  private let options: CalibrationOptions
  private let statePath: String?

  /// A calibrator; `statePath` is where its state is saved, if anywhere.
  public init(_ session: Session, options: CalibrationOptions, statePath: String? = nil) {
    self.session = session
    self.options = options
    self.statePath = statePath
  }

  private var engine: Engine { session.engine }
  private var window: Int {
    // Towers that take any size have no tokens of a tile; 256 is a small picture.
    let tokens = session.contents.model.tokensPerTile
    return options.attentionWindow ?? max(16, (tokens > 0 ? tokens : 256) / 8)
  }

  /// Calibrates on `set`. With `neuronsAreOrdered`, leading neurons are tried too. With `resuming`, parts found in the state file are not computed again.
  public func calibrate(
    _ set: SampleSet, weightsDigest: String, neuronsAreOrdered: Bool = false, resuming: Bool,
    reporter: any ProgressReporter
  ) throws -> CalibrationRecord {
    let chosen = set.spread(options.limit)
    let key = CalibrationState.Key(weights: weightsDigest, samples: try chosen.digest(), options: options)
    var state = resuming ? try CalibrationState.load(statePath, key: key) : CalibrationState(key: key)
    let samples = try prepare(chosen, reporter)

    let topV = try state.topV ?? findCost(samples, reporter)
    state.topV = topV
    try state.save(statePath)
    let plphp = try state.plphp ?? findProfile(samples, reporter)
    state.plphp = plphp
    try state.save(statePath)
    let few = spread(samples, options.rankingLimit)
    var rankings = try rank(few, &state, reporter)
    if neuronsAreOrdered {
      rankings.leadingShare = min(1, options.neuronShare + NeuronProbe.standardShare * 2 / 3)
      rankings.leadingDivergence = LayerRankingSearch(
        kind: .feedForward, engine: engine, options: options, window: window
      ).leadingDivergence(share: rankings.leadingShare, few)
    }

    var provenance = CalibrationProvenance()
    provenance.samples = chosen.samples.count
    provenance.seed = options.seed
    provenance.setDigest = key.samples
    provenance.pictures = try chosen.pictureDigests()
    return CalibrationRecord(redundancyLens: rankings, plphp: plphp, topV: topV, provenance: provenance)
  }

  private func prepare(_ set: SampleSet, _ reporter: any ProgressReporter) throws -> [PreparedSample] {
    reporter.begin("dense answers", total: set.samples.count)
    let runner = SampleRunner(session, maxTokens: options.maxTokens)
    var samples: [PreparedSample] = []
    for sample in set.samples {
      let prompt = try runner.prompt(sample)
      samples.append(PreparedSample(prompt: prompt, reference: try runner.reference(prompt)))
      try reporter.advance(by: 1)
    }
    reporter.end("\(samples.count) samples")
    return samples
  }

  /// At most `count` samples, evenly spaced.
  private func spread(_ samples: [PreparedSample], _ count: Int) -> [PreparedSample] {
    count < samples.count ? (0..<count).map { samples[$0 * samples.count / count] } : samples
  }

  private func findCost(_ samples: [PreparedSample], _ reporter: any ProgressReporter) throws -> CostSearch {
    let search = TransportCostSearch(engine: engine, options: options)
    reporter.begin("transport cost", total: search.expectedTrials)
    let result = try search.search(samples, reporter: reporter)
    reporter.end("\(result.candidates.count) candidates, chosen \(result.chosen.rule.rawValue)")
    return result
  }

  private func findProfile(_ samples: [PreparedSample], _ reporter: any ProgressReporter) throws
    -> RetentionProfile
  {
    let profiler = RetentionProfiler(engine: engine, options: options)
    reporter.begin("retention profile", total: profiler.steps(samples.count))
    let profile = try profiler.profile(samples, reporter: reporter)
    reporter.end("entries ranked by \(profile.ranking.rawValue)")
    return profile
  }

  private func rank(
    _ samples: [PreparedSample], _ state: inout CalibrationState, _ reporter: any ProgressReporter
  ) throws -> LayerRankings {
    let layers = session.contents.model.text.layers
    let path = statePath
    for kind in [LayerRankingSearch.Kind.feedForward, .attention] {
      let search = LayerRankingSearch(kind: kind, engine: engine, options: options, window: window)
      let keyPath: WritableKeyPath<CalibrationState, LayerRankingSearch.Progress> =
        kind == .feedForward ? \.feedForward : \.attention
      let before = state[keyPath: keyPath]
      if before.ranked.count == layers { continue }
      let left = layers - max(before.ranked.count, min(layers, options.priorLayers))
      reporter.begin(
        kind == .feedForward ? "FFN ranking" : "attention ranking",
        total: samples.count * left * (left + 1) / 2)
      var saved = state
      state[keyPath: keyPath] = try search.rank(samples, from: before, reporter: reporter) { progress in
        saved[keyPath: keyPath] = progress
        try saved.save(path)
      }
      try state.save(path)
      reporter.end("all layers reduced: divergence \(state[keyPath: keyPath].divergence.last ?? 0)")
    }
    let search = LayerRankingSearch(kind: .feedForward, engine: engine, options: options, window: window)
    let textRows = state.textRowDivergence ?? search.textRowDivergence(samples)
    state.textRowDivergence = textRows

    var rankings = LayerRankings()
    rankings.feedForward = state.feedForward.ranked.map(Int32.init)
    rankings.feedForwardDivergence = state.feedForward.divergence
    rankings.attention = state.attention.ranked.map(Int32.init)
    rankings.attentionDivergence = state.attention.divergence
    rankings.neuronShare = options.neuronShare
    rankings.attentionWindow = window
    rankings.textRowDivergence = textRows
    return rankings
  }
}
