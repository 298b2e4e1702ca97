/// Tower depth: the last layers of the tower do not run, and the features are read that much earlier; the norm behind the
/// last layer stays (section 8.3 of the methods).
public struct TowerDepth: Hashable, Sendable, Codable {
  /// Layers that do not run.
  public var skippedLayers: Int

  /// The last `skippedLayers` layers do not run.
  public init(skippedLayers: Int) { self.skippedLayers = skippedLayers }
}

extension TowerDepth: MethodSettings {
  /// Name in files.
  public static var name: String { "tower_depth" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(skippedLayers, in: 0...model.vision.mostSkippedLayers, prefix + "skipped_layers", path)
  }
}

extension VisionModel {
  /// Most layers that need not run: one does, and those before a merger do.
  package var mostSkippedLayers: Int {
    max(0, layers - max(1, merger.layer))
  }
}
