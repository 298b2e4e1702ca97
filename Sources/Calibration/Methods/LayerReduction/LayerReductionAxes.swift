import Plan

/// Layer reduction as axes of tuning: how many of the ranked layers are reduced, and how far.
struct LayerReductionAxes: MethodAxes {
  /// Shares of the ranked layers that are reduced.
  private static let layerShares = [0, 0.25, 0.5, 0.75, 1]

  private let rankings: LayerRankings
  private let neurons: [(selection: LayerReduction.NeuronSelection, share: Double)]

  init(_ rankings: LayerRankings) {
    self.rankings = rankings
    neurons =
      rankings.leading == nil
      ? [(.probed, rankings.neuronShare)]
      : [0.4, 0.3, 0.2, 0.15, 0.1].map { (.leading, $0) } + [(.probed, rankings.neuronShare)]
  }

  private var all: Int { Self.layerShares.count - 1 }

  var axes: [SettingsAxis] {
    [
      SettingsAxis(count: Self.layerShares.count),
      SettingsAxis(count: neurons.count, needs: 0),
      SettingsAxis(count: Self.layerShares.count),
    ]
  }

  var seeds: [[Int]] { [[0, 0, 0], [all, 0, 0]] }

  var extraSeeds: [[Int]] {
    neurons.indices.map { [all, $0, all] }
  }

  func apply(_ place: ArraySlice<Int>, to settings: inout PruningSettings) {
    let place = Array(place)
    func first(_ step: Int, of ranking: [Int32]) -> [Int] {
      ranking.prefix(Int((Self.layerShares[step] * Double(ranking.count)).rounded())).map(Int.init).sorted()
    }
    let feedForward = first(place[0], of: rankings.feedForward)
    let attention = first(place[2], of: rankings.attention)
    if feedForward.isEmpty, attention.isEmpty { return }
    settings.layerReduction = LayerReduction(
      feedForwardLayers: feedForward, attentionLayers: attention, neurons: neurons[place[1]].selection,
      neuronShare: neurons[place[1]].share, attentionWindow: rankings.attentionWindow)
  }

  static func costFeatures(_ settings: PruningSettings, visual: Int) -> [Double] {
    guard let reduction = settings.layerReduction, reduction.neurons == .probed else { return [0] }
    return [Double(reduction.feedForwardLayers.count)]
  }
}
