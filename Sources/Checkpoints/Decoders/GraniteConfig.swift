import Plan

extension TextModel {
  /// Reads by what Granite multiplies embeddings, scores, and what its layers add.
  mutating func takeGranite(_ config: Settings) throws(CheckpointError) {
    embeddingScale = try config.multiplier("embedding_multiplier")
    pictureScale = embeddingScale
    residualScale = try config.multiplier("residual_multiplier")
    scoreScale = try config.multiplier("attention_multiplier")
  }
}

extension Settings {
  /// A number above 0 that something is multiplied or divided by.
  func multiplier(_ key: String) throws(CheckpointError) -> Double {
    let value = try real(key, default: 1)
    guard value > 0, value <= 1e6 else { throw error(key, "is \(value), expected a number above 0") }
    return value
  }
}
