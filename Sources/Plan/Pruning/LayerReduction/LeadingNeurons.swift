/// FFN neurons in the order of their strength on visual tokens, so that a reduced layer can use the first ones in place.
public struct LeadingNeurons: Equatable, Sendable, Codable {
  /// Neurons by layer as they lie in the plan, `[L x m]` row-major: places they had in the checkpoint. Those that are
  /// strongest on visual tokens come first; a layer with fewer neurons than the widest has places that are its own number
  /// behind them.
  public var order: [Int32]
  /// Share of leading neurons that costs as many operations as probing for the share that rankings use.
  public var share: Double
  /// Divergence with that share of leading neurons in all layers.
  public var divergence: Double

  /// Creates an order with what it costs.
  public init(order: [Int32], share: Double, divergence: Double) {
    self.order = order
    self.share = share
    self.divergence = divergence
  }

  /// The order of neurons by layer, each its own number of them.
  public init(byLayer order: [[Int]], share: Double, divergence: Double) {
    let widest = order.map(\.count).max() ?? 0
    self.init(
      order: order.flatMap { neurons in (neurons + Array(neurons.count..<widest)).map { Int32($0) } },
      share: share, divergence: divergence)
  }

  /// Path of the group.
  package static let path = LayerRankings.path(of: "leading_neurons")
  /// Path of the order.
  package static let orderPath = path + "/order"

  /// Demands a permutation of each layer's neurons.
  package func validate(for model: ModelDescription) throws(Flaw) {
    let (layers, width) = (model.text.layers, model.text.widestFeedForward)
    guard order.count == layers * width else {
      throw Flaw(Self.orderPath, "has \(order.count) entries for \(layers) layers of \(width) neurons")
    }
    for layer in 0..<layers {
      var isThere = Array(repeating: false, count: width)
      for neuron in order[layer * width..<(layer + 1) * width] {
        guard isThere.indices.contains(Int(neuron)), !isThere[Int(neuron)] else {
          throw Flaw(Self.orderPath, "is not a permutation of the neurons in layer \(layer)")
        }
        isThere[Int(neuron)] = true
      }
      let own = model.text.feedForwardWidth(of: layer)
      guard order[layer * width..<(layer + 1) * width].dropFirst(own).elementsEqual(Int32(own)..<Int32(width))
      else { throw Flaw(Self.orderPath, "gives layer \(layer) more than its \(own) neurons") }
    }
    try require(share, from: 0, upTo: 1, "share", Self.path)
    try requireFinite([divergence], "divergence_nats", Self.path)
  }
}
