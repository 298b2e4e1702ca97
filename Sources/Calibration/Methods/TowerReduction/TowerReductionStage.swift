import Inference
import Plan

extension HarmStage where Settings == TowerReduction {
  /// Share of the neurons that layers are ranked at.
  static var share: Double { 0.5 }

  /// The stage of tower reduction: each layer on its own, then the first one, two, ... of those that harm least.
  static func towerNeurons(_ context: Context, limit: Int, isExhaustive: Bool) -> HarmStage {
    let layers = context.model.description.vision.layers
    return HarmStage(
      context: context, limit: limit, isExhaustive: isExhaustive,
      aim: { $0.candidates.isEmpty ? .order : .front }
    ) {
      profile, _ in
      guard layers > 0 else { return [] }
      func settings(_ layers: some Sequence<Int>) -> TowerReduction {
        TowerReduction(layers: layers.sorted(), neuronShare: share)
      }
      if profile.candidates.isEmpty { return (0..<layers).map { settings([$0]) } }
      guard profile.candidates.count == layers, layers > 1 else { return [] }
      let ranking = profile.ranking(of: layers)
      return (2...layers).map { settings(ranking.prefix($0)) }
    }
  }
}

extension HarmProfile<TowerReduction> {
  /// Layers by their own harm, the least first; ties go to the deeper layer.
  fileprivate func ranking(of layers: Int) -> [Int] {
    candidates.prefix(layers).sorted {
      ($0.divergence, -($0.settings.layers.first ?? 0)) < ($1.divergence, -($1.settings.layers.first ?? 0))
    }.compactMap(\.settings.layers.first)
  }
}

extension TowerRanking {
  /// What a stage found, of a plan whose neurons lie in some order; `nil` where it is not over.
  init?(_ profile: HarmProfile<TowerReduction>, order: [[Int]]) {
    let layers = order.count
    guard layers > 0, profile.candidates.count == 2 * layers - 1 else { return nil }
    self.init()
    let ranking = profile.ranking(of: layers)
    self.layers = ranking.map(Int32.init)
    divergence =
      profile.candidates.prefix(layers).filter { $0.settings.layers.first == ranking.first }.map(\.divergence)
      + profile.candidates.dropFirst(layers).map(\.divergence)
    neuronShare = HarmStage<TowerReduction>.share
    self.order = order.flatMap { $0.map(Int32.init) }
  }
}

/// Tower reduction as one axis of tuning: how many of the ranked layers use their leading neurons alone.
struct TowerReductionAxes: MethodAxes {
  /// Settings from few layers to all that are bearable.
  private let steps: [TowerReduction]

  init(_ ranking: TowerRanking) {
    let count = ranking.divergence.prefix { $0 <= HopelessHarm.divergence }.count
    let counts = Set([1, count / 4, count / 2, 3 * count / 4, count]).filter { $0 > 0 && $0 <= count }
      .sorted()
    steps = counts.map { count in
      TowerReduction(
        layers: ranking.layers.prefix(count).map(Int.init).sorted(), neuronShare: ranking.neuronShare)
    }
  }

  var axes: [SettingsAxis] { [SettingsAxis(count: steps.count + 1)] }
  var seeds: [[Int]] { [[0]] }
  var extraSeeds: [[Int]] { steps.isEmpty ? [] : [[steps.count]] }

  func apply(_ place: ArraySlice<Int>, to settings: inout PruningSettings) {
    guard let step = place.first, step > 0 else { return }
    settings.picture.towerReduction = steps[step - 1]
  }
}
