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

  /// Reads Mistral's window, which all layers have or none, with their angles in it. Where angles are scaled by the prompt, the
  /// engine takes prompts in which the window hides nothing.
  mutating func takeWindow(
    _ config: Settings, _ rotary: RotaryConfig, default standard: Int?
  ) throws(CheckpointError) -> [Float] {
    guard !config.isNull("sliding_window"), config["sliding_window"] != nil || standard != nil else {
      return []
    }
    let width = try config.extent("sliding_window", default: standard)
    guard rotary.model.scale == 1, rotary.model.growth == 0, width < contextLength else {
      contextLength = min(contextLength, width)
      return []
    }
    (window, windowLayers) = (width, Array(0..<layers))
    contextLength = min(contextLength, 1 << 24)
    return rotary.frequencies
  }
}
