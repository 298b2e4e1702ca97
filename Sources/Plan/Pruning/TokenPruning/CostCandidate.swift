/// One candidate of the transport cost search.
public struct CostCandidate: Equatable, Sendable, Codable {
  /// Settings tried, with their keep ratio.
  public var settings: TokenPruning
  /// Mean divergence over the calibration samples.
  public var divergence: Double

  /// Creates a row of the table.
  public init(settings: TokenPruning, divergence: Double) {
    self.settings = settings
    self.divergence = divergence
  }
}
