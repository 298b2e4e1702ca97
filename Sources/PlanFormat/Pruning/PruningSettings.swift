/// Everything that makes an operating point differ from dense. Dense is the value with nothing set.
public struct PruningSettings: Equatable, Sendable {
  /// TopV: visual tokens removed once, after one layer.
  public var tokens: TokenPruning?
  /// RedundancyLens: less work per visual token in chosen layers.
  public var reduction: LayerReduction?
  /// PLPHP: visual KV entries freed at the end of prefill.
  public var retention: CacheRetention?

  /// Creates settings; without arguments, the dense ones.
  public init(tokens: TokenPruning? = nil, reduction: LayerReduction? = nil, retention: CacheRetention? = nil)
  {
    self.tokens = tokens
    self.reduction = reduction
    self.retention = retention
  }

  /// Nothing is pruned.
  public static let dense = PruningSettings()
  /// Whether nothing is pruned.
  public var isDense: Bool { self == .dense }
}

/// TopV (arXiv 2503.18278): the visual tokens that matter, chosen once by optimal transport.
public struct TokenPruning: Equatable, Sendable, Codable {
  /// How tokens are ranked.
  public var rule: ImportanceRule
  /// Share of the visual tokens of each image that stay, in (0, 1]; `floor(keepRatio * N)` are kept.
  public var keepRatio: Double
  /// Layer `l*` (0-based) whose input and post-attention norm are compared; layers after it run short.
  public var layer: Int
  /// Every m-th dropped token, in raster order, comes back; 0 recovers none.
  public var recoveryStride: Int
  /// Weights of the transport cost.
  public var cost: TransportCost
  /// Seed of the `random` rule.
  public var seed: UInt64

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

/// Cost `C = alpha Cf + beta Cs + gamma Ce` between visual tokens, each term scaled to [0, 1] by its own range.
public struct TransportCost: Equatable, Sendable, Codable {
  /// Weight of the feature cost `Cf(i,j) = |s_i - t_j|^2`.
  public var alpha = 1.0
  /// Weight of the spatial cost `Cs(i,j) = 1 - exp(-d(i,j)^2 / (2 sigma^2))`.
  public var beta = 1.0
  /// Weight of the central cost `Ce(i)`, the distance of source i from the image centre.
  public var gamma = 0.01
  /// Width of the spatial cost in grid units.
  public var sigma = 4.0
  /// Entropic regularisation of the transport problem.
  public var epsilon = 0.1

  /// The paper's weights for LLaVA.
  public init() {}
}

/// How the importance of a visual token is computed.
public enum ImportanceRule: String, CaseIterable, Sendable, Codable {
  /// The printed update with L2-norm marginals.
  case paper
  /// Textbook Sinkhorn; row sums before the last source update.
  case balanced
  /// Only the target marginal is enforced: `I_i = sum_j q_j softmax_i(-C_ij / eps)`.
  case semiRelaxed = "semi_relaxed"
  /// Minus `semiRelaxed`: distinctive tokens first.
  case inverted
  /// Baseline: a seeded permutation.
  case random
  /// Baseline: evenly spaced in raster order.
  case stride
  /// Baseline: the largest hidden-state norms.
  case l2norm
  /// Baseline: the smallest hidden-state norms.
  case inverseL2norm = "inverse_l2norm"
  /// Baseline: the attention of the last prompt token in the prune layer, mean over heads (FastV, arXiv 2403.06764).
  case fastV = "fastv"
  /// Baseline: the means of 2 x 2 neighbours (more where the ratio asks for it), of as many blocks as it takes, spread
  /// evenly over the grid.
  case pooling

  /// Whether the rule is a baseline rather than a transport rule.
  public var isBaseline: Bool {
    switch self {
    case .paper, .balanced, .semiRelaxed, .inverted: false
    case .random, .stride, .l2norm, .inverseL2norm, .fastV, .pooling: true
    }
  }
}

/// RedundancyLens (arXiv 2501.19036): FFNs with fewer neurons and hollow attention for visual rows of chosen layers.
public struct LayerReduction: Equatable, Sendable {
  /// Layers whose FFN uses some of its neurons for visual rows.
  public var feedForwardLayers: [Int]
  /// Layers whose attention is hollow for visual queries.
  public var attentionLayers: [Int]
  /// Which neurons those are.
  public var neurons: NeuronSelection
  /// Share `K` of the neurons that stay, in (0, 1].
  public var neuronShare: Double
  /// `probed`: probe rows as a share of the visual rows; at least one row is probed.
  public var probeShare: Double
  /// `R`: a visual query sees this many visual keys before and with itself.
  public var attentionWindow: Int

  /// Creates reduction settings with the paper's share and window.
  public init(
    feedForwardLayers: [Int] = [], attentionLayers: [Int] = [], neurons: NeuronSelection = .probed,
    neuronShare: Double = 0.2, probeShare: Double = 0.1, attentionWindow: Int = 256
  ) {
    self.feedForwardLayers = feedForwardLayers
    self.attentionLayers = attentionLayers
    self.neurons = neurons
    self.neuronShare = neuronShare
    self.probeShare = probeShare
    self.attentionWindow = attentionWindow
  }

  /// How the neurons of visual rows are chosen.
  public enum NeuronSelection: String, CaseIterable, Sendable {
    /// By probe rows of each image (the paper).
    case probed
    /// The first ones in the order that calibration gave them: no probe, nothing gathered.
    case leading
  }
}

/// PLPHP (arXiv 2502.14504): visual KV entries kept per layer and KV head.
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

/// Classes of layers by visual attention mass `gamma`, and the rates they get.
public struct RetentionThresholds: Equatable, Sendable, Codable {
  /// Rate `r` of a balanced layer.
  public var rate = 0.4
  /// Step `dr`: attentive layers keep `r + dr`, indifferent ones `r - dr`.
  public var step = 0.3
  /// `alpha`: `gamma` from here on is attentive.
  public var attentive = 0.25
  /// `beta`: `gamma` up to here is indifferent.
  public var indifferent = 0.1

  /// The paper's form with the start values of the calibration.
  public init() {}

  /// Class of a layer with visual attention mass `gamma`.
  public func layerClass(of gamma: Double) -> LayerClass {
    gamma >= attentive ? .attentive : gamma <= indifferent ? .indifferent : .balanced
  }

  /// Retention rate for visual attention mass `gamma`, within [0, 1].
  public func retention(of gamma: Double) -> Double {
    switch layerClass(of: gamma) {
    case .attentive: min(1, rate + step)
    case .balanced: rate
    case .indifferent: max(0, rate - step)
    }
  }

  /// How much a layer looks at the image.
  public enum LayerClass: Int32, Sendable {
    /// `gamma <= beta`
    case indifferent = 0
    /// Between the thresholds.
    case balanced = 1
    /// `gamma >= alpha`
    case attentive = 2
  }
}
