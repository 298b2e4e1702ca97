/// One way to choose KV entries, tried at one uniform rate.
public struct RetentionCandidate: Equatable, Sendable, Codable {
  /// How entries were ranked.
  public var ranking: CacheRetention.EntryRanking
  /// Share of the budget spread evenly.
  public var evenShare: Double
  /// Uniform retention rate.
  public var rate: Double
  /// Mean divergence over all samples.
  public var divergence: Double
  /// Mean divergence over samples with long answers; NaN when there is none.
  public var longAnswerDivergence: Double

  /// Creates a row of the table.
  public init(
    ranking: CacheRetention.EntryRanking, evenShare: Double, rate: Double, divergence: Double,
    longAnswerDivergence: Double
  ) {
    self.ranking = ranking
    self.evenShare = evenShare
    self.rate = rate
    self.divergence = divergence
    self.longAnswerDivergence = longAnswerDivergence
  }
}
