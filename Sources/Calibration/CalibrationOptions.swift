/// What calibration tries, and on how much.
public struct CalibrationOptions: Equatable, Sendable, Codable {
  /// Samples of the calibration set that are used, evenly spaced; `nil` for all.
  public var limit: Int? = 80
  /// Samples of those that layers are ranked on: a ranking tries every layer in every round.
  public var rankingLimit = 32
  /// Seed of every random choice.
  public var seed: UInt64 = 0
  /// Share `K` of the neurons in ranked FFN layers.
  public var neuronShare = 0.2
  /// Window `R` in ranked attention layers; `nil` for an eighth of the visual tokens, at least 16.
  public var attentionWindow: Int?
  /// The deepest layers that go first in both rankings without a search (the papers' position prior).
  public var priorLayers = 0
  /// Keep ratios that the transport cost search aims at.
  public var keepRatios = [0.5, 0.25, 0.1]
  /// Prune layers that the transport cost search tries.
  public var pruneLayers = [1, 2, 3]
  /// Mean divergence in nats up to which products may take activations of 7 bits, all together; `nil` for none.
  public var narrowHarm: Double?
  /// Most tokens of an answer.
  public var maxTokens = 64
  /// Whether every candidate runs on all samples, those too that are sure to lie behind.
  public var isExhaustive = false

  /// The defaults.
  public init() {}
}
