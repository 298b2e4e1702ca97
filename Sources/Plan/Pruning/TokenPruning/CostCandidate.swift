/// One candidate of the transport cost search.
public struct CostCandidate: Equatable, Sendable, Codable {
  /// Settings tried, with their keep ratio.
  public var settings: TokenPruning
  /// Mean divergence over the calibration samples.
  public var divergence: Double
  /// Samples that it was measured on, the first of the calibration's; `nil` where those are all.
  public var samples: Int?

  /// Creates a row of the table.
  public init(settings: TokenPruning, divergence: Double, samples: Int? = nil) {
    self.settings = settings
    self.divergence = divergence
    self.samples = samples
  }
}
