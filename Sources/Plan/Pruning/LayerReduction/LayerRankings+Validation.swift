extension LayerRankings: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/layer_reduction"

  /// Demands permutations of all layers, or nothing where a ranking was not made.
  package func validate(for model: ModelDescription) throws(Flaw) {
    let lists = [
      (Self.path(of: "ffn_ranking"), feedForward, Self.path(of: "ffn_divergence"), feedForwardDivergence),
      (
        Self.path(of: "attention_ranking"), attention, Self.path(of: "attention_divergence"),
        attentionDivergence
      ),
    ]
    for (path, ranking, divergencePath, divergence) in lists {
      guard ranking.isEmpty || ranking.sorted() == (0..<Int32(model.text.layers)).map(\.self) else {
        throw Flaw(path, "is not a permutation of the layers 0 to \(model.text.layers - 1)")
      }
      guard divergence.count == ranking.count else {
        throw Flaw(divergencePath, "has \(divergence.count) entries for \(ranking.count) ranks")
      }
      try requireFinite(divergence, "an entry", divergencePath)
    }
    try require(neuronShare, above: 0, upTo: 1, "neuron_share", Self.path)
    try require(attentionWindow, in: 1...67_108_864, "attention_window", Self.path)
    try requireFinite([textRowDivergence], "text_row_divergence_nats", Self.path)
    try requireFinite([leadingDivergence], "leading_divergence_nats", Self.path)
    try require(leadingShare, from: 0, upTo: 1, "leading_share", Self.path)
    try validateNeuronOrder(for: model)
  }

  private func validateNeuronOrder(for model: ModelDescription) throws(Flaw) {
    if neuronOrder.isEmpty { return }
    guard neuronOrder.count == model.text.layers * model.text.feedForwardWidth else {
      throw Flaw(
        Self.path(of: "neuron_order"), "has \(neuronOrder.count) entries for \(model.text.layers) layers")
    }
    for layer in 0..<model.text.layers {
      var isThere = Array(repeating: false, count: model.text.feedForwardWidth)
      for neuron in neuronOrder[
        layer * model.text.feedForwardWidth..<(layer + 1) * model.text.feedForwardWidth]
      {
        guard isThere.indices.contains(Int(neuron)), !isThere[Int(neuron)] else {
          throw Flaw(Self.path(of: "neuron_order"), "is not a permutation of the neurons in layer \(layer)")
        }
        isThere[Int(neuron)] = true
      }
    }
  }
}
