import Inference
import Plan

/// Token pruning as axes of tuning: how many tokens stay, by which rule, after which layer, and how many come back.
struct TokenPruningAxes: MethodAxes {
  /// Shares of the visual tokens that stay; the first is all.
  private static let keepRatios = [1, 0.9, 0.75, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1]
  /// Every m-th dropped token comes back; 0 for none.
  private static let recoveries = [0, 6, 4, 3]

  /// Rules with their cost weights, best first.
  private let ways: [TokenPruning]
  private let pruneLayers: [Int]
  private let text: TextModel

  init(_ search: CostSearch, _ text: TextModel) {
    self.text = text
    ways = Self.ways(search)
    let tried = Set(search.candidates.map(\.settings.layer)).filter { $0 + 1 < text.layers }
    pruneLayers = [search.chosen.layer] + tried.subtracting([search.chosen.layer]).sorted()
  }

  /// The calibrated rule with its weights, and the best of each other kind: transport and baseline.
  private static func ways(_ search: CostSearch) -> [TokenPruning] {
    func plain(_ settings: TokenPruning) -> TokenPruning {
      var settings = settings
      (settings.keepRatio, settings.layer) = (1, search.chosen.layer)
      return settings
    }
    var result = [plain(search.chosen)]
    let others = search.candidates.filter { $0.settings.rule != search.chosen.rule }
      .sorted { $0.divergence < $1.divergence }
    for isBaseline in [false, true] {
      if let best = others.first(where: { $0.settings.rule.isBaseline == isBaseline }) {
        result.append(plain(best.settings))
      }
    }
    return result
  }

  var axes: [SettingsAxis] {
    [
      SettingsAxis(count: Self.keepRatios.count),
      SettingsAxis(count: ways.count, isOrdered: false, needs: 0),
      SettingsAxis(count: pruneLayers.count, isOrdered: false, needs: 0),
      SettingsAxis(count: Self.recoveries.count, isOrdered: false, needs: 0),
    ]
  }

  var seeds: [[Int]] { [0, 3, 5, 7].map { [$0, 0, 0, 0] } }

  func apply(_ place: ArraySlice<Int>, to settings: inout PruningSettings) {
    let place = Array(place)
    guard place[0] > 0 else { return }
    var pruning = ways[place[1]]
    pruning.keepRatio = Self.keepRatios[place[0]]
    pruning.layer = pruneLayers[place[2]]
    if pruning.rule == .fastV {
      pruning.layer = text.attentionLayer(from: max(0, pruning.layer))
      guard pruning.layer <= text.lastLeavingLayer else { return }
    }
    pruning.recoveryStride = Self.recoveries[place[3]]
    settings.tokenPruning = pruning
  }

  static func costFeatures(_ settings: PruningSettings, visual: Int) -> [Double] {
    let compares = settings.tokenPruning?.rule.comparesPairs ?? false
    return [compares ? Double(visual * visual) : 0]
  }
}
