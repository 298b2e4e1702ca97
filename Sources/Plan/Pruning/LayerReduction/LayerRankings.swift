/// Layers in the order in which they can be reduced with least harm.
public struct LayerRankings: Equatable, Sendable, Codable {
  /// Layers by FFN redundancy, most redundant first; a permutation of `0 ..< L`.
  public var feedForward: [Int32] = []
  /// Mean divergence after each rank of `feedForward`.
  public var feedForwardDivergence: [Double] = []
  /// Layers by attention redundancy, most redundant first; a permutation of those that have attention.
  public var attention: [Int32] = []
  /// Mean divergence after each rank of `attention`.
  public var attentionDivergence: [Double] = []
  /// The order of the neurons; `nil` where the checkpoint's was kept.
  public var leading: LeadingNeurons?
  /// Share of neurons used while ranking.
  public var neuronShare = 0.2
  /// Window `R` used while ranking.
  public var attentionWindow = 256
  /// Divergence when the same FFN reduction is applied to the text rows of all layers instead.
  public var textRowDivergence = 0.0

  /// An empty ranking.
  public init() {}
}
