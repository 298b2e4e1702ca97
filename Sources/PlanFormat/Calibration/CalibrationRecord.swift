/// What calibration found, as stored under `/calibration`.
public struct CalibrationRecord: Equatable, Sendable {
  /// Layer rankings.
  public var redundancyLens: LayerRankings
  /// Visual attention and retention of each layer.
  public var plphp: RetentionProfile
  /// Transport cost weights and the candidates they were chosen from.
  public var topV: CostSearch
  /// What it was found on.
  public var provenance: CalibrationProvenance

  /// Creates a record from its parts.
  public init(
    redundancyLens: LayerRankings, plphp: RetentionProfile, topV: CostSearch,
    provenance: CalibrationProvenance
  ) {
    self.redundancyLens = redundancyLens
    self.plphp = plphp
    self.topV = topV
    self.provenance = provenance
  }
}

/// RedundancyLens: layers in the order in which they can be reduced with least harm.
public struct LayerRankings: Equatable, Sendable, Codable {
  /// Layers by FFN redundancy, most redundant first; a permutation of `0 ..< L`.
  public var feedForward: [Int32] = []
  /// Mean divergence after each rank of `feedForward`.
  public var feedForwardDivergence: [Double] = []
  /// Layers by attention redundancy, most redundant first.
  public var attention: [Int32] = []
  /// Mean divergence after each rank of `attention`.
  public var attentionDivergence: [Double] = []
  /// Neurons by layer as they lie in the plan, `[L x m]` row-major: places they had in the checkpoint. Those that are
  /// strongest on visual tokens come first. Empty where the checkpoint's order was kept.
  public var neuronOrder: [Int32] = []
  /// Share of leading neurons that costs as many operations as probing for `neuronShare`.
  public var leadingShare = 0.0
  /// Divergence with that share of leading neurons in all layers.
  public var leadingDivergence = 0.0
  /// Share of neurons used while ranking.
  public var neuronShare = 0.2
  /// Window `R` used while ranking.
  public var attentionWindow = 256
  /// Divergence when the same FFN reduction is applied to the text rows of all layers instead.
  public var textRowDivergence = 0.0

  /// An empty ranking.
  public init() {}
}

/// PLPHP: how much each layer and KV head looks at the image.
public struct RetentionProfile: Equatable, Sendable, Codable {
  /// Mean visual attention mass `gamma_l` of the last prompt row, by layer.
  public var visionAttentionMean: [Double] = []
  /// Its standard deviation over the samples, by layer.
  public var visionAttentionDeviation: [Double] = []
  /// Mean visual attention mass by layer and KV head, `[L x Hkv]` row-major.
  public var visionAttentionByHead: [Double] = []
  /// Retention rate by layer.
  public var retention: [Double] = []
  /// Class by layer: 0 indifferent, 1 balanced, 2 attentive.
  public var layerClass: [Int32] = []
  /// Thresholds behind `retention`.
  public var thresholds = RetentionThresholds()
  /// Ranking of entries with the least divergence on the calibration set.
  public var ranking = CacheRetention.EntryRanking.lastRow
  /// Share of the budget spread evenly, with the least divergence on the calibration set.
  public var evenShare = 0.0
  /// Visual tokens `N` of `answerAttention`; 0 when prompts of the set had different numbers of them.
  public var answerTokens = 0
  /// Mean attention of answer positions by layer, KV head and visual token, `[L x Hkv x N]` row-major.
  public var answerAttention: [Float] = []
  /// Rankings that were tried, at equal budgets.
  public var candidates: [RetentionCandidate] = []

  /// An empty profile.
  public init() {}
}

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

/// TopV: the calibrated cost weights and every candidate they were compared with.
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

/// What a calibration was made from, so that it can be made again.
public struct CalibrationProvenance: Equatable, Sendable {
  /// Samples used.
  public var samples = 0
  /// Seed of every random choice.
  public var seed: UInt64 = 0
  /// SHA-256 of the calibration set (its lines and image files), hexadecimal.
  public var setDigest = ""
  /// SHA-256 of every picture that calibration saw, hexadecimal.
  public var pictures: [String] = []
  /// SHA-256 of every picture that the points were chosen on.
  public var validationPictures: [String] = []

  /// An empty provenance.
  public init() {}
}
