import Compute
import Figures
import Inference
import Models
import Plan

/// Layer reduction's part of a calibration: both rankings, the control experiment and the leading neurons (section 2 of
/// the methods).
struct LayerReductionStage: CalibrationStage {
  static let name = "layer_reduction"
  let context: Context
  let options: CalibrationOptions
  /// Window `R` of ranked attention layers.
  let window: Int
  /// The order of strength in which the plan's neurons lie, if they do, so that leading ones can be tried.
  let neuronOrder: [[Int]]?

  /// What was found so far.
  struct State: Codable {
    var feedForward = LayerRankingSearch.Progress()
    var attention = LayerRankingSearch.Progress()
    var rankings = LayerRankings()
    var isFinished = false
  }

  static func isFinished(_ state: State) -> Bool { state.isFinished }

  func run(
    _ samples: SamplePool, from state: State?, reporter: any ProgressReporter,
    save: (State) throws -> Void
  ) throws -> State {
    var state = state ?? State()
    // A ranking tries every layer in every round.
    let count = min(options.rankingLimit, samples.count)
    do { try rank(.feedForward, \.feedForward, samples, count, &state, reporter, save) } catch is ShardIsDone
    {
      // Both rankings have a first round.
      var own = state
      try rank(.attention, \.attention, samples, count, &own, reporter, save)
    }
    try rank(.attention, \.attention, samples, count, &state, reporter, save)
    let search = search(.feedForward)
    var rankings = LayerRankings()
    rankings.feedForward = state.feedForward.ranked.map(Int32.init)
    rankings.feedForwardDivergence = state.feedForward.divergence
    rankings.attention = state.attention.ranked.map(Int32.init)
    rankings.attentionDivergence = state.attention.divergence
    rankings.neuronShare = options.neuronShare
    rankings.attentionWindow = window
    rankings.textRowDivergence = try search.textRowDivergence(samples, first: count)
    if let neuronOrder {
      let share = min(1, options.neuronShare + NeuronProbe.standardShare * 2 / 3)
      rankings.leading = LeadingNeurons(
        byLayer: neuronOrder, share: share,
        divergence: try search.leadingDivergence(share: share, samples, first: count))
    }
    state.rankings = rankings
    state.isFinished = true
    return state
  }

  static func merge(_ other: State, into state: inout State) {
    if let round = other.feedForward.round { state.feedForward.round?.merge(round) }
    if let round = other.attention.round { state.attention.round?.merge(round) }
  }

  /// What progress calls a ranking.
  static func title(_ kind: LayerRankingSearch.Kind) -> String {
    kind == .feedForward ? "FFN ranking" : "attention ranking"
  }

  func search(_ kind: LayerRankingSearch.Kind) -> LayerRankingSearch {
    LayerRankingSearch(kind: kind, context: context, options: options, window: window)
  }

  private func rank(
    _ kind: LayerRankingSearch.Kind, _ path: WritableKeyPath<State, LayerRankingSearch.Progress>,
    _ samples: SamplePool, _ count: Int, _ state: inout State, _ reporter: any ProgressReporter,
    _ save: (State) throws -> Void
  ) throws {
    let layers = search(kind).candidates.count
    let before = state[keyPath: path]
    if before.ranked.count == layers { return }
    let left = layers - max(before.ranked.count, min(layers, options.priorLayers))
    reporter.begin(
      Self.title(kind),
      total: count * (left * (left + 1) / 2 + layers - before.ranked.count - left))
    // A round that was stopped is not tried from its beginning.
    try reporter.advance(by: before.round?.runners.reduce(0) { $0 + $1.values.count } ?? 0)
    var saved = state
    defer { state[keyPath: path] = saved[keyPath: path] }
    saved[keyPath: path] = try search(kind).rank(
      samples, first: count, from: before, reporter: reporter
    ) { progress in
      saved[keyPath: path] = progress
      try save(saved)
    }
    try save(saved)
    reporter.end("all layers reduced: divergence \(Figure(saved[keyPath: path].divergence.last ?? 0, .nats))")
  }
}
