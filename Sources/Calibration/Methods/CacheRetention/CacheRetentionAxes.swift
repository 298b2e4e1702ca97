import Plan

/// Cache retention as axes of tuning: how many entries stay, which, and whether layers differ.
struct CacheRetentionAxes: MethodAxes {
  /// Mean shares of the visual entries behind the pruned tokens that stay; the first is all.
  private static let rates = [1, 0.85, 0.7, 0.6, 0.5, 0.42, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1]
  /// Ways to choose entries that are tried, best first.
  private static let entryWays = 5

  private let profile: RetentionProfile
  private let text: TextModel
  private let entries: [RetentionCandidate]

  init(_ profile: RetentionProfile, _ text: TextModel) {
    self.profile = profile
    self.text = text
    var seen: [RetentionCandidate] = []
    for candidate in profile.candidates.sorted(by: { $0.divergence < $1.divergence })
    where !seen.contains(where: { $0.ranking == candidate.ranking && $0.evenShare == candidate.evenShare }) {
      seen.append(candidate)
    }
    entries = Array(seen.prefix(Self.entryWays))
  }

  var axes: [SettingsAxis] {
    [
      SettingsAxis(count: entries.isEmpty ? 1 : Self.rates.count),
      SettingsAxis(count: 2, isOrdered: false, needs: 0),
      SettingsAxis(count: max(1, entries.count), isOrdered: false, needs: 0),
    ]
  }

  var seeds: [[Int]] { entries.isEmpty ? [[0, 0, 0]] : [0, 4, 6].map { [$0, 0, 0] } }

  func apply(_ place: ArraySlice<Int>, to settings: inout PruningSettings) {
    let place = Array(place)
    guard place[0] > 0, !entries.isEmpty else { return }
    let rate = Self.rates[place[0]]
    let layers = text.entryLayers
    let mean = layers.reduce(0.0) { $0 + profile.retention[$1] } / Double(max(1, layers.count))
    var rates = text.retentionRates(rate)
    if place[1] > 0, mean > 0 {
      for layer in layers { rates[layer] = min(1, profile.retention[layer] * rate / mean) }
    }
    settings.cacheRetention = CacheRetention(
      rates: rates, thresholds: profile.thresholds, ranking: entries[place[2]].ranking,
      evenShare: entries[place[2]].evenShare)
  }

  static func costFeatures(_ settings: PruningSettings, visual: Int) -> [Double] {
    [settings.cacheRetention == nil ? 0 : 1]
  }
}
