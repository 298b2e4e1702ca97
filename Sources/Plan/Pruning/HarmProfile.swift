/// What calibration found about a method that acts on pictures: settings that were tried, each with what it costs and
/// saves.
public struct HarmProfile<Settings: CandidateSettings>: Equatable, Sendable, Codable {
  /// Everything that was tried, in the order in which it was tried.
  public var candidates: [Candidate] = []

  /// Nothing tried.
  public init() {}

  /// One setting that was tried.
  public struct Candidate: Equatable, Sendable, Codable {
    /// The settings.
    public var settings: Settings
    /// Mean KL(dense || this) over the calibration samples, nats.
    public var divergence: Double
    /// Share of samples whose greedy tokens are dense's.
    public var agreement: Double
    /// Visual tokens of the prompt as a share of dense's.
    public var tokenShare: Double
    /// Operations of the tower as a share of dense's.
    public var towerShare: Double
    /// Samples that it was measured on, the first of the calibration's; `nil` where those are all.
    public var samples: Int?

    /// Creates a row of the table.
    public init(
      settings: Settings, divergence: Double, agreement: Double, tokenShare: Double, towerShare: Double,
      samples: Int? = nil
    ) {
      self.settings = settings
      self.divergence = divergence
      self.agreement = agreement
      self.tokenShare = tokenShare
      self.towerShare = towerShare
      self.samples = samples
    }
  }
}

/// Settings of a method that acts on pictures, of which calibration tries a table.
public protocol CandidateSettings: PruningMethod, Codable, SendableMetatype {
  /// Where the settings of an operating point have them.
  static var place: any WritableKeyPath<PictureSettings, Self?> & Sendable { get }
}

extension Resolution: CandidateSettings {
  /// Where the settings of an operating point have them.
  public static var place: any WritableKeyPath<PictureSettings, Self?> & Sendable { \.resolution }
}
extension TileSelection: CandidateSettings {
  /// Where the settings of an operating point have them.
  public static var place: any WritableKeyPath<PictureSettings, Self?> & Sendable { \.tileSelection }
}
extension PatchSelection: CandidateSettings {
  /// Where the settings of an operating point have them.
  public static var place: any WritableKeyPath<PictureSettings, Self?> & Sendable { \.patchSelection }
}
extension ContrastSelection: CandidateSettings {
  /// Where the settings of an operating point have them.
  public static var place: any WritableKeyPath<PictureSettings, Self?> & Sendable { \.contrastSelection }
}
extension TowerPruning: CandidateSettings {
  /// Where the settings of an operating point have them.
  public static var place: any WritableKeyPath<PictureSettings, Self?> & Sendable { \.towerPruning }
}
extension TowerReduction: CandidateSettings {
  /// Where the settings of an operating point have them.
  public static var place: any WritableKeyPath<PictureSettings, Self?> & Sendable { \.towerReduction }
}
extension TowerDepth: CandidateSettings {
  /// Where the settings of an operating point have them.
  public static var place: any WritableKeyPath<PictureSettings, Self?> & Sendable { \.towerDepth }
}

extension HarmProfile: CalibrationPart where Settings: MethodSettings {
  /// Path of the group.
  package static var path: String { CalibrationRecord.path + "/" + Settings.name }

  package func validate(for model: ModelDescription) throws(Flaw) {
    try require(candidates.count, in: 0...CalibrationRecord.candidateLimit, "number of candidates", Self.path)
    for candidate in candidates { try candidate.settings.validate(for: model, Self.path, prefix: "") }
    let figures = candidates.flatMap { [$0.divergence, $0.agreement, $0.tokenShare, $0.towerShare] }
    try requireFinite(figures, "a figure of a candidate", Self.path)
  }
}
