/// What a named point may lose, and what it must save.
public struct PointBudget: Equatable, Sendable {
  /// Name of the point.
  public var name: String
  /// Largest loss of accuracy against dense (of agreement, where the set has no answers).
  public var maximumLoss: Double
  /// Largest share of dense's visual KV entries, as long as the loss allows it.
  public var entryShare: Double

  /// Creates a budget.
  public init(name: String, maximumLoss: Double, entryShare: Double) {
    self.name = name
    self.maximumLoss = maximumLoss
    self.entryShare = entryShare
  }

  /// The points every plan gets.
  public static let standard = [
    PointBudget(name: "quality", maximumLoss: 0.005, entryShare: 1),
    PointBudget(name: "balanced", maximumLoss: 0.01, entryShare: 0.5),
    PointBudget(name: "fast", maximumLoss: 0.03, entryShare: 0.35),
  ]
}
