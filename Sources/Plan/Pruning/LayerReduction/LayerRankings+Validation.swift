extension LayerRankings: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/layer_reduction"

  /// Demands permutations of all layers, and of those with attention.
  package func validate(for model: ModelDescription) throws(Flaw) {
    let text = model.text
    let lists = [
      (
        Self.path(of: "ffn_ranking"), feedForward, Array(0..<text.layers), Self.path(of: "ffn_divergence"),
        feedForwardDivergence
      ),
      (
        Self.path(of: "attention_ranking"), attention, text.attentionLayers,
        Self.path(of: "attention_divergence"), attentionDivergence
      ),
    ]
    for (path, ranking, layers, divergencePath, divergence) in lists {
      guard ranking.sorted().map(Int.init) == layers else {
        let names =
          layers.count == text.layers ? "the layers 0 to \(text.layers - 1)" : "the layers with attention"
        throw Flaw(path, "is not a permutation of \(names)")
      }
      guard divergence.count == ranking.count else {
        throw Flaw(divergencePath, "has \(divergence.count) entries for \(ranking.count) ranks")
      }
      try requireFinite(divergence, "an entry", divergencePath)
    }
    try require(neuronShare, above: 0, upTo: 1, "neuron_share", Self.path)
    try require(attentionWindow, in: 1...67_108_864, "attention_window", Self.path)
    try requireFinite([textRowDivergence], "text_row_divergence_nats", Self.path)
    try leading?.validate(for: model)
  }
}
