/// Tower reduction: the FFNs of chosen tower layers use their leading neurons alone (section 8.2 of the methods).
///
/// The neurons of a calibrated plan lie in the order of their strength on the calibration set.
public struct TowerReduction: Hashable, Sendable, Codable {
  /// Layers of the tower that are reduced, ascending.
  public var layers: [Int]
  /// Share of the neurons that stay, in (0, 1].
  public var neuronShare: Double

  /// Reduces some layers to a share of their neurons.
  public init(layers: [Int], neuronShare: Double) {
    self.layers = layers
    self.neuronShare = neuronShare
  }
}

extension TowerReduction: MethodSettings {
  /// Name in files.
  public static var name: String { "tower_reduction" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(neuronShare, above: 0, upTo: 1, prefix + "neuron_share", path)
    for layer in layers { try require(layer, in: 0...(model.vision.layers - 1), prefix + "layers", path) }
    guard zip(layers, layers.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw Flaw(path, "\(prefix)layers are not ascending")
    }
  }
}
