/// Patch selection: groups of patches that repeat their neighbours do not enter the tower (PixelPrune, arXiv 2604.00886;
/// section 7.3 of the methods).
///
/// For towers that take a picture of any size. A group leaves when each of its pixels is as in the nearest kept group to
/// the left in its row, or else above.
public struct PatchSelection: Hashable, Sendable, Codable {
  /// Largest difference of a channel of a pixel, of 255; 0 for exact repeats.
  public var tolerance: Int

  /// Groups leave whose pixels differ by no more than `tolerance`.
  public init(tolerance: Int) { self.tolerance = tolerance }
}

extension PatchSelection: MethodSettings {
  /// Name in files.
  public static var name: String { "patch_selection" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(tolerance, in: 0...255, prefix + "tolerance", path)
    guard model.vision.imageSize == 0 else {
      throw Flaw(
        path, "patch_selection needs a tower of any size, this one takes \(model.vision.imageSize) pixels")
    }
  }

  package func validate(with image: ImagePreprocessing, _ path: String) throws(Flaw) {
    guard case .native = image.tiling else {
      throw Flaw(path, "patch_selection needs pictures that are never cut into tiles")
    }
  }
}
