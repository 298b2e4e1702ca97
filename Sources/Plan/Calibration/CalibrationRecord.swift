/// What calibration found, as stored under `/calibration`: a part a method, `nil` where it was not made.
public struct CalibrationRecord: Equatable, Sendable {
  /// Importance rules, their cost weights and the candidates they were chosen from.
  public var tokenPruning: CostSearch?
  /// Layer rankings.
  public var layerReduction: LayerRankings?
  /// Visual attention and retention of each layer.
  public var cacheRetention: RetentionProfile?
  /// Harm of a horizon at each layer.
  public var horizon: HorizonProfile?
  /// Harm of fewer pixels.
  public var resolution: HarmProfile<Resolution>?
  /// Harm of leaving out tiles that hold little.
  public var tileSelection: HarmProfile<TileSelection>?
  /// Harm of leaving out patches that repeat.
  public var patchSelection: HarmProfile<PatchSelection>?
  /// Harm of leaving out patches that do not stand out.
  public var contrastSelection: HarmProfile<ContrastSelection>?
  /// Harm of fewer tokens in the tower.
  public var towerPruning: HarmProfile<TowerPruning>?
  /// Layers of the tower in the order in which they can do with fewer neurons.
  public var towerReduction: TowerRanking?
  /// Harm of fewer layers of the tower.
  public var towerDepth: HarmProfile<TowerDepth>?
  /// Harm of activations of 7 bits.
  public var narrowProducts: NarrowProductHarm?
  /// What it was found on.
  public var provenance: CalibrationProvenance

  /// Path of the group.
  package static let path = "/calibration"
  /// Settings that a part may have tried.
  static let candidateLimit = 1 << 14

  /// Creates a record from the parts that were made.
  public init(
    tokenPruning: CostSearch? = nil, layerReduction: LayerRankings? = nil,
    cacheRetention: RetentionProfile? = nil, horizon: HorizonProfile? = nil, provenance: CalibrationProvenance
  ) {
    self.tokenPruning = tokenPruning
    self.layerReduction = layerReduction
    self.cacheRetention = cacheRetention
    self.horizon = horizon
    self.provenance = provenance
  }

  /// Every part, a method each, as checks and files go over them.
  package static let places: [Place<Self>] = [
    Place(\.layerReduction), Place(\.cacheRetention), Place(\.tokenPruning), Place(\.horizon),
    Place(\.resolution), Place(\.tileSelection), Place(\.patchSelection), Place(\.contrastSelection),
    Place(\.towerPruning), Place(\.towerReduction), Place(\.towerDepth), Place(\.narrowProducts),
  ]

  /// The parts that were made.
  package var parts: [any CalibrationPart] { Self.places.compactMap { $0.get(self) as? any CalibrationPart } }
}
