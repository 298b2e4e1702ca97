/// Token pruning: the visual tokens that matter are chosen once, the others leave the run.
///
/// TopV (arXiv 2503.18278) chooses by optimal transport; other rules stand beside it.
public struct TokenPruning: Equatable, Sendable, Codable {
  /// How tokens are ranked.
  public var rule: ImportanceRule
  /// Share of the visual tokens of each image that stay, in (0, 1]; `floor(keepRatio * N)` are kept.
  public var keepRatio: Double
  /// Layer `l*` (0-based) whose input and post-attention norm are compared; layers after it run short. `promptPlace`
  /// chooses among the rows that the projector gives, before the first layer.
  public var layer: Int
  /// Every m-th dropped token, in raster order, comes back; 0 recovers none.
  public var recoveryStride: Int
  /// Weights of the transport cost.
  public var cost: TransportCost
  /// Seed of the `random` rule.
  public var seed: UInt64

  /// The `layer` that stands for the place before the first layer.
  public static let promptPlace = -1

  /// Creates token pruning settings.
  public init(
    rule: ImportanceRule, keepRatio: Double, layer: Int, recoveryStride: Int = 0,
    cost: TransportCost = TransportCost(), seed: UInt64 = 0
  ) {
    self.rule = rule
    self.keepRatio = keepRatio
    self.layer = layer
    self.recoveryStride = recoveryStride
    self.cost = cost
    self.seed = seed
  }
}
