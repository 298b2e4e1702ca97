/// How the importance of a visual token is computed.
public enum ImportanceRule: String, CaseIterable, Sendable, Codable {
  /// The printed update with L2-norm marginals.
  case paper
  /// Textbook Sinkhorn; row sums before the last source update.
  case sinkhorn
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
  /// The set whose nearest two members are farthest apart, found greedily (DivPrune, arXiv 2503.02175).
  case divprune
  /// The tokens least similar to a few pivots of large norm (DART, arXiv 2502.11494).
  case dart
  /// The set of the largest determinant of similarity weighted by relevance to the question, found greedily (CDPruner,
  /// arXiv 2506.10967).
  case cdpruner

  /// Whether the rule is a baseline rather than a transport rule.
  public var isBaseline: Bool {
    switch self {
    case .paper, .sinkhorn, .semiRelaxed, .inverted: false
    case .random, .stride, .l2norm, .inverseL2norm, .fastV, .pooling, .divprune, .dart, .cdpruner: true
    }
  }

  /// Whether the choice depends on the question: another one would choose others.
  public var readsQuestion: Bool { self == .fastV || self == .cdpruner }

  /// Whether every token is compared with every other.
  public var comparesPairs: Bool { !isBaseline || self == .divprune || self == .cdpruner }

  /// Where the rule's paper puts it.
  public var standardLayer: Int {
    switch self {
    case .divprune, .cdpruner: TokenPruning.promptPlace
    default: 1
    }
  }
}
