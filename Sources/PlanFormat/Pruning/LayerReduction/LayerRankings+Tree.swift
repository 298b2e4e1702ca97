/// `/calibration/layer_reduction`.
private enum Schema {
  static let path = CalibrationRecord.path + "/layer_reduction"
  static let feedForward = DatasetSchema(
    path + "/ffn_ranking", "layers by FFN redundancy of visual rows, most redundant first")
  static let feedForwardDivergence = DatasetSchema(
    path + "/ffn_divergence", "mean KL(dense || reduced) with the first 1, 2, ... ranked FFNs reduced",
    unit: "nat")
  static let attention = DatasetSchema(
    path + "/attention_ranking", "layers by attention redundancy of visual rows, most redundant first")
  static let attentionDivergence = DatasetSchema(
    path + "/attention_divergence",
    "mean KL(dense || reduced) with the first 1, 2, ... ranked attentions reduced", unit: "nat")
  static let neuronOrder = DatasetSchema(
    path + "/neuron_order",
    "layers x FFN neurons: where in the checkpoint a neuron was; the strongest on visual tokens come first")
}

extension LayerRankings: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("neuron_share", \.neuronShare), .init("attention_window", \.attentionWindow),
      .init("text_row_divergence_nats", \.textRowDivergence), .init("leading_share", \.leadingShare),
      .init("leading_divergence_nats", \.leadingDivergence),
    ]
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    self = try reader.record(at: Schema.path)
    feedForward = try reader.array(Schema.feedForward, shape: [nil])
    feedForwardDivergence = try reader.array(Schema.feedForwardDivergence, shape: [nil])
    attention = try reader.array(Schema.attention, shape: [nil])
    attentionDivergence = try reader.array(Schema.attentionDivergence, shape: [nil])
    neuronOrder = try reader.array(Schema.neuronOrder, shape: [nil, model.text.feedForwardWidth])
  }

  /// Demands permutations of all layers, or nothing where a ranking was not made.
  func validate(for model: ModelDescription) throws(Flaw) {
    let lists = [
      (Schema.feedForward.path, feedForward, Schema.feedForwardDivergence.path, feedForwardDivergence),
      (Schema.attention.path, attention, Schema.attentionDivergence.path, attentionDivergence),
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
    try require(neuronShare, above: 0, upTo: 1, "neuron_share", Schema.path)
    try require(attentionWindow, in: 1...67_108_864, "attention_window", Schema.path)
    try requireFinite([textRowDivergence], "text_row_divergence_nats", Schema.path)
    try requireFinite([leadingDivergence], "leading_divergence_nats", Schema.path)
    try require(leadingShare, from: 0, upTo: 1, "leading_share", Schema.path)
    try validateNeuronOrder(for: model)
  }

  private func validateNeuronOrder(for model: ModelDescription) throws(Flaw) {
    if neuronOrder.isEmpty { return }
    guard neuronOrder.count == model.text.layers * model.text.feedForwardWidth else {
      throw Flaw(Schema.neuronOrder.path, "has \(neuronOrder.count) entries for \(model.text.layers) layers")
    }
    for layer in 0..<model.text.layers {
      var isThere = Array(repeating: false, count: model.text.feedForwardWidth)
      for neuron in neuronOrder[
        layer * model.text.feedForwardWidth..<(layer + 1) * model.text.feedForwardWidth]
      {
        guard isThere.indices.contains(Int(neuron)), !isThere[Int(neuron)] else {
          throw Flaw(Schema.neuronOrder.path, "is not a permutation of the neurons in layer \(layer)")
        }
        isThere[Int(neuron)] = true
      }
    }
  }
}

extension LayerRankings: CalibrationPart {
  func add(to builder: inout TreeBuilder, for model: ModelDescription) throws(Flaw) {
    var attributes = AttributeSet()
    attributes.put(self)
    builder.group(
      Schema.path, "RedundancyLens (arXiv 2501.19036): order in which layers can be reduced", attributes)
    builder.array(Schema.feedForward, feedForward)
    builder.array(Schema.feedForwardDivergence, feedForwardDivergence)
    builder.array(Schema.attention, attention)
    builder.array(Schema.attentionDivergence, attentionDivergence)
    builder.array(
      Schema.neuronOrder, neuronOrder,
      shape: [neuronOrder.isEmpty ? 0 : model.text.layers, model.text.feedForwardWidth])
  }
}
