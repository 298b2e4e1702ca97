/// Cache retention (PLPHP, arXiv 2502.14504): visual KV entries kept per layer and KV head.
public struct CacheRetention: Equatable, Sendable {
  /// Where a layer's retention rate comes from.
  public var mode: Mode
  /// `static`: rate of each layer, in [0, 1]. `dynamic`: ignored.
  public var rates: [Double]
  /// `dynamic`: class boundaries and rates applied to each input.
  public var thresholds: RetentionThresholds
  /// How entries are ranked within a KV head.
  public var ranking: EntryRanking
  /// Share of a head's budget that is spread evenly over the image instead of ranked, in [0, 1].
  public var evenShare: Double

  /// Creates retention settings.
  public init(
    mode: Mode = .static, rates: [Double], thresholds: RetentionThresholds = RetentionThresholds(),
    ranking: EntryRanking = .lastRow, evenShare: Double = 0
  ) {
    self.mode = mode
    self.rates = rates
    self.thresholds = thresholds
    self.ranking = ranking
    self.evenShare = evenShare
  }

  /// Where a layer's retention rate comes from.
  public enum Mode: String, CaseIterable, Sendable {
    /// The calibrated rate of each layer.
    case `static`
    /// The class of the layer for this very input.
    case dynamic
  }

  /// How visual entries of a KV head are ranked.
  public enum EntryRanking: String, CaseIterable, Sendable, Codable {
    /// Attention of the last prompt row, mean over the head's query group (the paper).
    case lastRow = "last_row"
    /// Mean attention of the last 16 prompt rows.
    case window
    /// Attention gathered from answer positions of the calibration set, by place in the image.
    case answerProfile = "answer_profile"
    /// Evenly spaced in raster order, from another start in each layer and head.
    case staggered
    /// Baseline: evenly spaced in raster order, the same in all layers and heads.
    case even
    /// Baseline: a seeded permutation.
    case random
  }
}

extension TextModel {
  /// One retention rate for every layer that has entries; where there are none, none are freed.
  public func retentionRates(_ rate: Double) -> [Double] {
    (0..<layers).map { recurrence(of: $0) == nil ? rate : 1 }
  }
}
