/// Contrast selection: groups of patches that do not stand out from a picture's own noise do not enter the tower, but for a
/// few, each of which stands for many (section 7.4 of the methods; what stands for others is weighed as in ToMe, arXiv
/// 2210.09461).
///
/// A group is what the projector makes a token of. It stays where its contrast, or that of a group near it, reaches a
/// threshold; its place on the grid stays its own. Nothing of it depends on a question.
public struct ContrastSelection: Hashable, Sendable, Codable {
  /// Least contrast of a group that stays; 0 keeps all.
  public var threshold: Double
  /// Rows and columns of groups around one that stands out that stay, too.
  public var margin: Int
  /// Of the other groups, every so many rows and columns one stays and stands for all of them; 0 for none.
  public var spacing: Int

  /// Groups leave that have less contrast than `threshold`, are not within `margin` of one that has more, and are not one
  /// of every `spacing`.
  public init(threshold: Double, margin: Int = 1, spacing: Int = 4) {
    self.threshold = threshold
    self.margin = margin
    self.spacing = spacing
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
}
