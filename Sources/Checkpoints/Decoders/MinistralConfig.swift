import Plan

extension TextModel {
  /// Reads how much Ministral 3's queries grow with their position.
  mutating func takeQueryGrowth(_ config: Settings) throws(CheckpointError) {
    guard let rope = try config.child("rope_parameters") else { return }
    queryGrowth = try rope.real("llama_4_scaling_beta", default: 0)
    guard queryGrowth >= 0, queryGrowth <= 1e3 else {
      throw rope.error("llama_4_scaling_beta", "is \(queryGrowth)")
    }
    guard queryGrowth > 0 else { return }
    queryGrowthLength = try rope.extent("original_max_position_embeddings", upTo: 1 << 26)
  }
}
