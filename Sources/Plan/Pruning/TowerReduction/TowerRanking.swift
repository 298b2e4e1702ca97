/// What calibration found about the FFNs of the tower: in which order its layers can do with their leading neurons.
public struct TowerRanking: Equatable, Sendable, Codable {
  /// Layers of the tower, the least missed first.
  public var layers: [Int32] = []
  /// Mean divergence with the first 1, 2, ... of them reduced, nats.
  public var divergence: [Double] = []
  /// Share of the neurons in reduced layers.
  public var neuronShare = 0.5
  /// Where each neuron of the checkpoint lies, layer after layer, `[layers x neurons]`.
  public var order: [Int32] = []

  /// Nothing ranked.
  public init() {}
}

extension TowerRanking: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/" + TowerReduction.name

  package func validate(for model: ModelDescription) throws(Flaw) {
    let vision = model.vision
    guard layers.count == divergence.count, layers.count <= vision.layers, Set(layers).count == layers.count,
      layers.allSatisfy({ (0..<vision.layers).contains(Int($0)) })
    else {
      throw Flaw(Self.path(of: "layers"), "is no ranking of \(vision.layers) layers with a divergence each")
    }
    try requireFinite(divergence, "an entry", Self.path(of: "divergence"))
    try require(neuronShare, above: 0, upTo: 1, "neuron_share", Self.path)
    let width = vision.feedForwardWidth
    let (count, overflow) = vision.layers.multipliedReportingOverflow(by: width)
    guard !overflow, order.count == count else {
      throw Flaw(Self.path(of: "order"), "has \(order.count) entries, expected \(vision.layers) x \(width)")
    }
    for layer in 0..<vision.layers {
      let part = order[layer * width..<(layer + 1) * width]
      var isThere = [Bool](repeating: false, count: width)
      for neuron in part where (0..<width).contains(Int(neuron)) { isThere[Int(neuron)] = true }
      guard isThere.allSatisfy({ $0 }) else {
        throw Flaw(Self.path(of: "order"), "of layer \(layer) is no order of \(width) neurons")
      }
    }
  }
}
