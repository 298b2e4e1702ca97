/// What of an operating point decides the features of a picture: how much of it is looked at, and how much of the tower
/// runs. Whatever has the same settings shares encoded pictures; no question changes them.
public struct PictureSettings: Hashable, Sendable {
  /// Fewer pixels.
  public var resolution: Resolution?
  /// Tiles that hold nothing are left out.
  public var tileSelection: TileSelection?
  /// Patches that repeat their neighbours are left out.
  public var patchSelection: PatchSelection?
  /// Patches that do not stand out are left out.
  public var contrastSelection: ContrastSelection?
  /// Fewer tokens behind a layer of the tower.
  public var towerPruning: TowerPruning?
  /// Fewer neurons in layers of the tower.
  public var towerReduction: TowerReduction?
  /// Fewer layers of the tower.
  public var towerDepth: TowerDepth?

  /// Creates settings; without arguments, the dense ones.
  public init(
    resolution: Resolution? = nil, tileSelection: TileSelection? = nil, patchSelection: PatchSelection? = nil,
    contrastSelection: ContrastSelection? = nil,
    towerPruning: TowerPruning? = nil, towerReduction: TowerReduction? = nil, towerDepth: TowerDepth? = nil
  ) {
    self.resolution = resolution
    self.tileSelection = tileSelection
    self.patchSelection = patchSelection
    self.contrastSelection = contrastSelection
    self.towerPruning = towerPruning
    self.towerReduction = towerReduction
    self.towerDepth = towerDepth
  }

  /// The whole picture through the whole tower.
  public static let dense = PictureSettings()
  /// Whether nothing is left out.
  public var isDense: Bool { self == .dense }
}
