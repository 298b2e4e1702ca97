/// Horizon: behind a decoder layer every visual token leaves; what earlier layers read of them stays in their caches.
///
/// Late layers of many models hardly look at the picture any more (VTW, arXiv 2405.05803; ToDRE, arXiv 2505.18757).
public struct Horizon: Equatable, Sendable, Codable {
  /// The last layer (0-based) that sees visual tokens; the last layer of the model changes nothing.
  public var layer: Int

  /// Visual tokens leave behind `layer`.
  public init(layer: Int) { self.layer = layer }
}

extension Horizon: MethodSettings {
  /// Name in files.
  public static var name: String { "horizon" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(layer, in: 0...(model.text.layers - 1), prefix + "layer", path)
    // Behind the last layer nothing leaves.
    if layer + 1 < model.text.layers {
      try model.text.requireLeaving(behind: layer, prefix + "layer", path)
    }
  }
}
