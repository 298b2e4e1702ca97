import Plan

/// `/calibration/layer_reduction`.
private enum Schema {
  static let path = LayerRankings.path
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
}

extension LayerRankings: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("neuron_share", \.neuronShare), .init("attention_window", \.attentionWindow),
      .init("text_row_divergence_nats", \.textRowDivergence),
    ]
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    self = try reader.record(at: Schema.path)
    feedForward = try reader.array(Schema.feedForward, shape: [nil])
    feedForwardDivergence = try reader.array(Schema.feedForwardDivergence, shape: [nil])
    attention = try reader.array(Schema.attention, shape: [nil])
    attentionDivergence = try reader.array(Schema.attentionDivergence, shape: [nil])
    leading = try LeadingNeurons.ifPresent(in: &reader, for: model)
  }
}

extension LayerRankings: StoredPart {
  func add(to builder: inout TreeBuilder, for model: ModelDescription) throws(Flaw) {
    var attributes = AttributeSet()
    attributes.put(self)
    builder.group(
      Schema.path, "RedundancyLens (arXiv 2501.19036): order in which layers can be reduced", attributes)
    builder.array(Schema.feedForward, feedForward)
    builder.array(Schema.feedForwardDivergence, feedForwardDivergence)
    builder.array(Schema.attention, attention)
    builder.array(Schema.attentionDivergence, attentionDivergence)
    leading?.add(to: &builder, for: model)
  }
}
