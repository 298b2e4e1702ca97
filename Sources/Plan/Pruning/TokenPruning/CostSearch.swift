/// The calibrated rule with its cost weights and every candidate they were compared with.
public struct CostSearch: Equatable, Sendable, Codable {
  /// The choice; its keep ratio is the first target ratio.
  public var chosen = TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1)
  /// Keep ratios the search aimed at.
  public var keepRatios: [Double] = []
  /// Everything that was tried, baselines included, in the order in which it was tried.
  public var candidates: [CostCandidate] = []

  /// An empty search.
  public init() {}
}
