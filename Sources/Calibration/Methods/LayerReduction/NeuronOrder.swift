public import Plan

/// Where the FFN neurons of a plan lie, by layer: the neuron of the checkpoint that is at each place.
public struct NeuronOrder: Equatable, Sendable, Codable {
  /// Neurons of the decoder's layers.
  public var decoder: [[Int]]
  /// Neurons of the tower's layers.
  public var tower: [[Int]]

  /// An order of both.
  public init(decoder: [[Int]], tower: [[Int]]) {
    self.decoder = decoder
    self.tower = tower
  }

  /// The neurons of a model as they lie.
  public init(_ model: ModelDescription) {
    func places(_ layers: Int, _ width: Int) -> [[Int]] {
      Array(repeating: Array(0..<width), count: layers)
    }
    decoder = (0..<model.text.layers).map { Array(0..<model.text.feedForwardWidth(of: $0)) }
    tower = places(model.vision.layers, model.vision.feedForwardWidth)
  }

  /// The order in which a plan's calibration says that its neurons lie; `nil` where it says nothing.
  public init?(_ contents: PlanContents) {
    guard let record = contents.calibration, let leading = record.layerReduction?.leading else { return nil }
    func layers(_ order: [Int32], _ width: Int) -> [[Int]] {
      stride(from: 0, to: order.count, by: max(1, width)).map { start in
        order[start..<min(order.count, start + width)].map(Int.init)
      }
    }
    let text = contents.model.text
    decoder = layers(leading.order, text.widestFeedForward).enumerated().map { layer, neurons in
      Array(neurons.prefix(text.feedForwardWidth(of: layer)))
    }
    let vision = contents.model.vision
    // Plans of older versions leave the tower as it is.
    tower =
      record.towerReduction.map { layers($0.order, vision.feedForwardWidth) }
      ?? NeuronOrder(contents.model).tower
  }

  /// The same neurons after another change of places: `self` says where they are then.
  public func after(_ first: NeuronOrder?) -> NeuronOrder {
    guard let first else { return self }
    func combined(_ new: [[Int]], _ old: [[Int]]) -> [[Int]] {
      zip(new, old).map { new, old in new.map { old[$0] } }
    }
    return NeuronOrder(decoder: combined(decoder, first.decoder), tower: combined(tower, first.tower))
  }
}
