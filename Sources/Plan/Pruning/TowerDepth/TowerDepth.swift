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
    try require(skippedLayers, in: 0...max(0, model.vision.layers - 1), prefix + "skipped_layers", path)
  }
}
