import Plan

/// `/calibration/cache_retention`.
private enum Schema {
  static let path = RetentionProfile.path
  static let mean = DatasetSchema(
    path + "/vision_attention_mean",
    "share of the last prompt row's attention that falls on visual tokens, mean over samples, by layer")
  static let deviation = DatasetSchema(
    path + "/vision_attention_std", "standard deviation of vision_attention_mean over the samples")
  static let byHead = DatasetSchema(
    path + "/vision_attention_by_head", "visual attention mass, mean over samples, layers x KV heads")
  static let retention = DatasetSchema(
    path + "/retention", "share of the visual KV entries that stay, by layer")
  static let layerClass = DatasetSchema(
    path + "/layer_class", "0 indifferent, 1 moderate, 2 attentive, by layer")
  static let answers = DatasetSchema(
    AnswerAttention.path,
    "mean attention of answer positions, layers x KV heads x visual tokens in raster order")
  static let candidateRanking = DatasetSchema(
    path + "/candidate_ranking", "ways to rank KV entries that were tried, one an entry")
  static let candidates = DatasetSchema(
    path + "/candidates", "figures of the tried rankings; long_answer_divergence is NaN without long answers",
    columns: ["even_share", "rate", "divergence", "long_answer_divergence"])
}

extension RetentionProfile: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("rate", \.thresholds.rate), .init("rate_step", \.thresholds.step),
      .init("attentive_from", \.thresholds.attentive), .init("indifferent_to", \.thresholds.indifferent),
      .init("ranking", \.ranking), .init("even_share", \.evenShare),
    ]
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    self = try reader.record(at: Schema.path)
    let heads = model.text.keyValueHeads
    visionAttentionMean = try reader.array(Schema.mean, shape: [nil])
    visionAttentionDeviation = try reader.array(Schema.deviation, shape: [nil])
    visionAttentionByHead = try reader.array(Schema.byHead, shape: [nil, heads])
    retention = try reader.array(Schema.retention, shape: [nil])
    layerClass = try reader.array(Schema.layerClass, shape: [nil])
    if let found = reader.shape(of: Schema.answers.path) {
      let values: [Float] = try reader.array(Schema.answers, shape: [model.text.layers, heads, nil])
      answers = AnswerAttention(tokens: found.last ?? 0, values: values)
    }
    let rankings = try reader.texts(Schema.candidateRanking, count: nil)
    let figures: [Double] = try reader.array(Schema.candidates, shape: [rankings.count, 4])
    for (index, name) in rankings.enumerated() {
      guard let ranking = CacheRetention.EntryRanking(rawValue: name) else {
        throw Flaw(Schema.candidateRanking.path, "has the unknown ranking '\(name.prefix(64))'")
      }
      let row = Array(figures[4 * index..<4 * index + 4])
      candidates.append(
        RetentionCandidate(
          ranking: ranking, evenShare: row[0], rate: row[1], divergence: row[2], longAnswerDivergence: row[3])
      )
    }
  }
}

extension RetentionProfile: StoredPart {
  func add(to builder: inout TreeBuilder, for model: ModelDescription) throws(Flaw) {
    var attributes = AttributeSet()
    attributes.put(self)
    builder.group(
      Schema.path, "PLPHP (arXiv 2502.14504): how much layers and heads look at the image", attributes)
    let heads = model.text.keyValueHeads
    builder.array(Schema.mean, visionAttentionMean)
    builder.array(Schema.deviation, visionAttentionDeviation)
    builder.array(
      Schema.byHead, visionAttentionByHead,
      shape: [visionAttentionByHead.count / heads, heads])
    builder.array(Schema.retention, retention)
    builder.array(Schema.layerClass, layerClass)
    if let answers {
      builder.array(Schema.answers, answers.values, shape: [model.text.layers, heads, answers.tokens])
    }
    try builder.texts(Schema.candidateRanking, candidates.map(\.ranking.rawValue))
    builder.array(
      Schema.candidates,
      candidates.flatMap { [$0.evenShare, $0.rate, $0.divergence, $0.longAnswerDivergence] },
      shape: [candidates.count, 4])
  }
}
