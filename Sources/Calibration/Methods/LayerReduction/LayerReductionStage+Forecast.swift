import Inference
import Models
import Plan

extension LayerReductionStage {
  /// Times runs from the first and the last layer, dense and with all layers reduced: the others lie between them.
  func forecast(_ probe: SampleProbe, over count: Int) throws -> StageForecast<State> {
    let count = min(options.rankingLimit, count)
    let feedForward = try search(.feedForward).seconds(probe)
    let attention = try search(.attention).seconds(probe)
    var state = State(isFinished: true)
    let layers = context.model.text.layers
    // As if deep layers harmed less, and all of them little.
    state.rankings.feedForward = (0..<layers).reversed().map(Int32.init)
    state.rankings.attention = context.model.text.attentionLayers.reversed().map(Int32.init)
    let divergence = (0..<layers).map { 0.1 * Double($0 + 1) / Double(layers) }
    state.rankings.feedForwardDivergence = divergence
    state.rankings.attentionDivergence = Array(divergence.prefix(state.rankings.attention.count))
    (state.rankings.neuronShare, state.rankings.attentionWindow) = (options.neuronShare, window)
    if let neuronOrder {
      state.rankings.leading = LeadingNeurons(
        byLayer: neuronOrder, share: options.neuronShare, divergence: 0.1)
    }
    // Beside the ranking, two settings of all layers.
    let others = Double(count * (neuronOrder == nil ? 1 : 2)) * feedForward.whole
    return StageForecast(
      parts: [
        StageEstimate(stage: Self.title(.feedForward), seconds: feedForward.ranking(over: count, options)),
        StageEstimate(stage: Self.title(.attention), seconds: attention.ranking(over: count, options)),
        StageEstimate(stage: "reducing text and leading neurons", seconds: others),
      ],
      samples: count, state: state)
  }
}

extension LayerRankingSearch {
  /// Seconds of the runs of a ranking, for one sample.
  struct RunSeconds {
    /// Layers that are ranked.
    var layers: Int
    /// A dense run from the first layer.
    var whole: Double
    /// The same, its rows kept at every layer.
    var kept: Double
    /// A run from the last layer.
    var last: Double
    /// A run from the first layer with all layers reduced.
    var reduced: Double

    /// Rounds that find another layer than the one that was tried first, as a share.
    static let missedShare = 0.5

    /// Seconds of a ranking over so many samples.
    func ranking(over count: Int, _ options: CalibrationOptions) -> Double {
      let steps = Double(max(1, layers - 1))
      let (dense, short) = ((whole - last) / steps, (reduced - last) / steps)
      let share = RunShare.rankings.over(count, isExhaustive: options.isExhaustive)
      var seconds = 0.0
      for round in 0..<layers {
        let reducedShare = Double(round) / Double(layers)
        // Of the layers that are left as many begin early as late.
        let run = last + steps / 2 * (dense * (1 - reducedShare) + short * reducedShare)
        let isPrior = round < options.priorLayers
        let runs = isPrior ? 1 : max(1, share * Double(layers - round))
        // What the layer before changed is kept by a trial, or run and kept once more.
        let keeping = max(0, kept / max(whole, 1e-9) - 1)
        seconds += runs * run + (round == 0 ? kept : run * (keeping + Self.missedShare))
      }
      return Double(count) * seconds
    }
  }

  /// Times runs on a few samples.
  func seconds(_ probe: SampleProbe) throws -> RunSeconds {
    let layers = candidates
    let (first, last, middle) = (layers[0], layers[layers.count - 1], layers[layers.count / 2])
    let boundaries = LayerBoundaries(probe.samples)
    var isReduced: [Int: Bool] = [:]
    let kept = try probe.seconds { place in
      // What is known already is not run again.
      isReduced[place, default: false].toggle()
      try boundaries.update(place, to: schedule(isReduced[place] == true ? [first] : []))
    }
    for place in 0..<probe.samples.count {
      try boundaries.update(place, to: schedule([]))
      // What is kept of a trial counts as well.
      _ = try boundaries.divergence(place, from: middle, schedule: schedule([middle]), isLikely: true)
    }
    func run(from layer: Int, _ reduced: [Int]) throws -> Double {
      try probe.seconds { _ = try boundaries.divergence($0, from: layer, schedule: schedule(reduced)) }
    }
    return RunSeconds(
      layers: layers.count, whole: try run(from: 0, []), kept: kept, last: try run(from: last, []),
      reduced: try run(from: 0, layers))
  }
}
