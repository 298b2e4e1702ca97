import Inference
import PlanFormat

/// Every combination of the three methods' settings that tuning may choose from, as places on a few axes.
///
/// Along an axis of amounts neighbours differ by one step; along one of kinds everything is a neighbour.
struct SettingsSpace {
  /// A place: an index on each axis.
  struct Place: Hashable {
    var keep = 0
    var way = 0
    var layer = 0
    var recovery = 0
    var feedForward = 0
    var neurons = 0
    var attention = 0
    var retention = 0
    var shape = 0
    var entries = 0
  }

  /// Shares of the visual tokens that stay; the first is all.
  static let keepRatios = [1, 0.9, 0.75, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1]
  /// Every m-th dropped token comes back; 0 for none.
  static let recoveries = [0, 6, 4, 3]
  /// Shares of the ranked layers that are reduced.
  static let layerShares = [0, 0.25, 0.5, 0.75, 1]
  /// Mean shares of the visual entries behind the pruned tokens that stay; the first is all.
  static let retentionRates = [1, 0.85, 0.7, 0.6, 0.5, 0.42, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1]
  /// Ways to choose entries that are tried, best first.
  static let entryWays = 5

  private let record: CalibrationRecord
  private let layers: Int
  /// Rules with their cost weights, best first.
  private let ways: [TokenPruning]
  private let pruneLayers: [Int]
  private let neurons: [(LayerReduction.NeuronSelection, share: Double)]
  private let entries: [RetentionCandidate]

  init(_ record: CalibrationRecord, layers: Int) {
    self.record = record
    self.layers = layers
    ways = Self.ways(record.topV)
    let tried = Set(record.topV.candidates.map(\.settings.layer)).filter { $0 + 1 < layers }
    pruneLayers = [record.topV.chosen.layer] + tried.subtracting([record.topV.chosen.layer]).sorted()
    let lens = record.redundancyLens
    neurons =
      lens.neuronOrder.isEmpty
      ? [(.probed, lens.neuronShare)]
      : [0.4, 0.3, 0.2, 0.15, 0.1].map { (.leading, $0) } + [(.probed, lens.neuronShare)]
    var seen: [RetentionCandidate] = []
    for candidate in record.plphp.candidates.sorted(by: { $0.divergence < $1.divergence })
    where !seen.contains(where: { $0.ranking == candidate.ranking && $0.evenShare == candidate.evenShare }) {
      seen.append(candidate)
    }
    entries = Array(seen.prefix(Self.entryWays))
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

  /// The settings of a place.
  func settings(_ place: Place) -> PruningSettings {
    PruningSettings(tokens: tokens(place), reduction: reduction(place), retention: retention(place))
  }

  private func tokens(_ place: Place) -> TokenPruning? {
    let ratio = Self.keepRatios[place.keep]
    guard ratio < 1 else { return nil }
    var pruning = ways[place.way]
    pruning.keepRatio = ratio
    pruning.layer = pruneLayers[place.layer]
    pruning.recoveryStride = Self.recoveries[place.recovery]
    return pruning
  }

  private func reduction(_ place: Place) -> LayerReduction? {
    let lens = record.redundancyLens
    func first(_ share: Double, of ranking: [Int32]) -> [Int] {
      ranking.prefix(Int((share * Double(ranking.count)).rounded())).map(Int.init).sorted()
    }
    let feedForward = first(Self.layerShares[place.feedForward], of: lens.feedForward)
    let attention = first(Self.layerShares[place.attention], of: lens.attention)
    if feedForward.isEmpty, attention.isEmpty { return nil }
    let (selection, share) = neurons[place.neurons]
    return LayerReduction(
      feedForwardLayers: feedForward, attentionLayers: attention, neurons: selection, neuronShare: share,
      attentionWindow: lens.attentionWindow)
  }

  private func retention(_ place: Place) -> CacheRetention? {
    let rate = Self.retentionRates[place.retention]
    guard rate < 1, !entries.isEmpty else { return nil }
    let profile = record.plphp.retention
    let mean = profile.reduce(0, +) / Double(max(1, profile.count))
    let rates =
      place.shape == 0 || mean <= 0
      ? Array(repeating: rate, count: layers) : profile.map { min(1, $0 * rate / mean) }
    let way = entries[place.entries]
    return CacheRetention(
      rates: rates, thresholds: record.plphp.thresholds, ranking: way.ranking, evenShare: way.evenShare)
  }

  /// Places one change away: a step along each amount, any other kind. What an axis that is not in use says does not
  /// matter, so there is no neighbour along it.
  func neighbours(of place: Place) -> [Place] {
    var result: [Place] = []
    func steps(_ axis: WritableKeyPath<Place, Int>, _ count: Int) {
      for value in [place[keyPath: axis] - 1, place[keyPath: axis] + 1] where (0..<count).contains(value) {
        var neighbour = place
        neighbour[keyPath: axis] = value
        result.append(neighbour)
      }
    }
    func kinds(_ axis: WritableKeyPath<Place, Int>, _ count: Int) {
      for value in 0..<count where value != place[keyPath: axis] {
        var neighbour = place
        neighbour[keyPath: axis] = value
        result.append(neighbour)
      }
    }
    steps(\.keep, Self.keepRatios.count)
    steps(\.feedForward, Self.layerShares.count)
    steps(\.attention, Self.layerShares.count)
    if !entries.isEmpty { steps(\.retention, Self.retentionRates.count) }
    if place.keep > 0 {
      kinds(\.way, ways.count)
      kinds(\.layer, pruneLayers.count)
      kinds(\.recovery, Self.recoveries.count)
    }
    if place.feedForward > 0 {
      steps(\.neurons, neurons.count)
    }
    if place.retention > 0 {
      kinds(\.shape, record.plphp.retention.isEmpty ? 1 : 2)
      kinds(\.entries, entries.count)
    }
    return result
  }

  /// Number of ways in which neurons are chosen.
  var neuronWays: Int { neurons.count }

  /// Where a search begins: each method alone and all together, careful and bold.
  var seeds: [Place] {
    let all = Self.layerShares.count - 1
    let keeps = [0, 3, 5, 7]
    let retentions = entries.isEmpty ? [0] : [0, 4, 6]
    return keeps.flatMap { keep in
      [0, all].flatMap { feedForward in
        retentions.map { Place(keep: keep, feedForward: feedForward, retention: $0) }
      }
    }
  }
}
