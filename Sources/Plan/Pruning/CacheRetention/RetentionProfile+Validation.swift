extension RetentionProfile: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/cache_retention"

  /// Demands an entry for each layer (and head, and token).
  package func validate(for model: ModelDescription) throws(Flaw) {
    let (layers, heads) = (model.text.layers, model.text.keyValueHeads)
    try requireCount(visionAttentionMean.count, layers, Self.path(of: "vision_attention_mean"))
    try requireCount(visionAttentionDeviation.count, layers, Self.path(of: "vision_attention_std"))
    try requireCount(visionAttentionByHead.count, layers * heads, Self.path(of: "vision_attention_by_head"))
    try requireCount(retention.count, layers, Self.path(of: "retention"))
    try requireCount(layerClass.count, layers, Self.path(of: "layer_class"))
    try answers?.validate(for: model)
    try requireFinite(visionAttentionMean, "an entry", Self.path(of: "vision_attention_mean"))
    try requireFinite(visionAttentionDeviation, "an entry", Self.path(of: "vision_attention_std"))
    try requireFinite(visionAttentionByHead, "an entry", Self.path(of: "vision_attention_by_head"))
    for rate in retention { try require(rate, from: 0, upTo: 1, "an entry", Self.path(of: "retention")) }
    for value in layerClass { try require(Int(value), in: 0...2, "an entry", Self.path(of: "layer_class")) }
    try require(
      candidates.count, in: 0...CalibrationRecord.candidateLimit, "number of candidates", Self.path)
    for candidate in candidates {
      try require(candidate.evenShare, from: 0, upTo: 1, "even_share", Self.path(of: "candidates"))
      try require(candidate.rate, from: 0, upTo: 1, "rate", Self.path(of: "candidates"))
      try requireFinite([candidate.divergence], "divergence", Self.path(of: "candidates"))
    }
    try thresholds.validate(Self.path)
    try require(evenShare, from: 0, upTo: 1, "even_share", Self.path)
  }

  private func requireCount(_ count: Int, _ expected: Int, _ path: String) throws(Flaw) {
    guard count == expected else {
      throw Flaw(path, "has \(count) entries, expected \(expected)")
    }
  }
}
