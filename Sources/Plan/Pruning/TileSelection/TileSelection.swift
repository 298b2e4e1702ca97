/// Tile selection: tiles that hold nothing are neither encoded nor in the prompt, the overview always is.
///
/// A tile's score is the largest spread of its cells over the median cell of all tiles, so it is relative to the picture's
/// own noise (section 7.2 of the methods; kin: HERO). It depends on no question.
public struct TileSelection: Hashable, Sendable, Codable {
  /// Tiles with a lower score leave; 0 keeps all.
  public var threshold: Double
  /// Whether the text around a tile that left stays in the prompt.
  public var keepsMarkup: Bool

  /// Tiles with a lower score than `threshold` leave.
  public init(threshold: Double, keepsMarkup: Bool = true) {
    self.threshold = threshold
    self.keepsMarkup = keepsMarkup
  }
}

extension TileSelection: MethodSettings {
  /// Name in files.
  public static var name: String { "tile_selection" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(threshold, from: 0, upTo: 1e6, prefix + "threshold", path)
  }

  package func validate(with image: ImagePreprocessing, _ path: String) throws(Flaw) {
    guard image.tiling.hasTiles else {
      throw Flaw(path, "tile_selection chooses among tiles, and this model's pictures have none")
    }
  }
}

extension ImageTiling {
  /// Whether pictures are cut into tiles beside an overview.
  package var hasTiles: Bool {
    switch self {
    case .anyResolution, .canvas: true
    case .split(let tiling): tiling.splits
    case .crops(let tiling): tiling.maximumCrops > 0
    case .nativeTiles(let tiling): tiling.splits && tiling.hasOverview
    case .slices(let tiling): tiling.splits
    case .single, .native: false
    }
  }
}
