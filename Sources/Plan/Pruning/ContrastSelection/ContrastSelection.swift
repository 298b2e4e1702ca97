/// Contrast selection: groups of patches that do not stand out from a picture's own noise do not enter the tower
/// (section 7.4 of the methods).
///
/// A group is what the projector makes a token of. It stays where its contrast, or that of a group near it, reaches a
/// threshold; its place on the grid stays its own. It depends on no question.
public struct ContrastSelection: Hashable, Sendable, Codable {
  /// Least contrast of a group that stays; 0 keeps all.
  public var threshold: Double
  /// Rows and columns of groups around one that stands out that stay, too.
  public var margin: Int
  /// Of the other groups, every so many rows and columns one stays, so that a model sees what is behind things; 0 for
  /// none of them.
  public var spacing: Int
  /// Whether the overview of a picture with tiles stays whole; otherwise it leaves, if anything of a tile stays.
  public var keepsOverview: Bool

  /// Groups leave that have less contrast than `threshold`, are not within `margin` of one that has more, and are not one
  /// of every `spacing`.
  public init(threshold: Double, margin: Int = 1, spacing: Int = 0, keepsOverview: Bool = true) {
    self.threshold = threshold
    self.margin = margin
    self.spacing = spacing
    self.keepsOverview = keepsOverview
  }
}

extension ContrastSelection: MethodSettings {
  /// Name in files.
  public static var name: String { "contrast_selection" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(threshold, from: 0, upTo: 1e6, prefix + "threshold", path)
    try require(margin, in: 0...1024, prefix + "margin", path)
    try require(spacing, in: 0...1024, prefix + "spacing", path)
    guard !model.vision.dropsFirstPatch else {
      throw Flaw(path, "contrast_selection needs a tower all of whose patches are on a grid")
    }
  }

  package func validate(with image: ImagePreprocessing, _ path: String) throws(Flaw) {
    guard keepsOverview || image.tiling.hasTiles else {
      throw Flaw(path, "contrast_selection_keeps_overview must be 1: this model's pictures have no tiles beside it")
    }
  }
}
