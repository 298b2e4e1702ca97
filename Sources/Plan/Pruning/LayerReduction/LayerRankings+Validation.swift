extension LayerRankings: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/layer_reduction"

  /// Demands permutations of all layers.
  package func validate(for model: ModelDescription) throws(Flaw) {
    let lists = [
      (Self.path(of: "ffn_ranking"), feedForward, Self.path(of: "ffn_divergence"), feedForwardDivergence),
      (
        Self.path(of: "attention_ranking"), attention, Self.path(of: "attention_divergence"),
        attentionDivergence
      ),
    ]
    for (path, ranking, divergencePath, divergence) in lists {
      guard ranking.sorted() == (0..<Int32(model.text.layers)).map(\.self) else {
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
    try leading?.validate(for: model)
  }
}
