/// How much each layer and KV head looks at the image.
public struct RetentionProfile: Equatable, Sendable, Codable {
  /// Mean visual attention mass `gamma_l` of the last prompt row, by layer.
  public var visionAttentionMean: [Double] = []
  /// Its standard deviation over the samples, by layer.
  public var visionAttentionDeviation: [Double] = []
  /// Mean visual attention mass by layer and KV head, `[L x Hkv]` row-major.
  public var visionAttentionByHead: [Double] = []
  /// Retention rate by layer.
  public var retention: [Double] = []
  /// Class by layer: 0 indifferent, 1 moderate, 2 attentive.
  public var layerClass: [Int32] = []
  /// Thresholds behind `retention`.
  public var thresholds = RetentionThresholds()
  /// Ranking of entries with the least divergence on the calibration set.
  public var ranking = CacheRetention.EntryRanking.lastRow
  /// Share of the budget spread evenly, with the least divergence on the calibration set.
  public var evenShare = 0.0
  /// What answers look at; `nil` where prompts of the set had different numbers of visual tokens.
  public var answers: AnswerAttention?
  /// Rankings that were tried, at equal budgets.
  public var candidates: [RetentionCandidate] = []

  /// An empty profile.
  public init() {}
}
