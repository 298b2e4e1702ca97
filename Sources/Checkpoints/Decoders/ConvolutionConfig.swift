import JSONReading
import Plan

extension TextModel {
  /// Reads which of LFM2's layers are convolutions, and how wide its FFNs are.
  mutating func takeConvolutions(_ config: Settings) throws(CheckpointError) {
    convolutionTaps = try config.extent("conv_L_cache", default: 3)
    convolutionBias = try config.flag("conv_bias", default: false)
    if let named = try config.layers(ofType: "conv", of: layers) {
      convolutionLayers = named
    } else {
      let attention = try config.integers("full_attn_idxs") ?? Array(0..<layers)
      convolutionLayers = (0..<layers).filter { !attention.contains($0) }
    }
    guard convolutionLayers.count < layers else {
      throw config.error("layer_types", "has no layer with attention, which is not supported")
    }
    try takeAdjustedWidth(config)
  }

  /// The width of an FFN is two thirds of what the config says, and then a multiple of something.
  private mutating func takeAdjustedWidth(_ config: Settings) throws(CheckpointError) {
    let stated = try config.extent("block_ff_dim", default: feedForwardWidth)
    feedForwardWidth = stated
    guard try config.flag("block_auto_adjust_ff_dim", default: true) else { return }
    feedForwardWidth = 2 * stated / 3
    guard !config.isNull("block_ffn_dim_multiplier") else { return }
    let factor = try config.real("block_ffn_dim_multiplier", default: 1)
    let multiple = try config.extent("block_multiple_of", default: 256)
    guard let scaled = Int(exactly: (factor * Double(feedForwardWidth)).rounded(.towardZero)),
      (1...Settings.limit).contains(scaled), (1...Settings.limit).contains(multiple)
    else {
      throw config.error("block_ffn_dim_multiplier", "is \(factor), which makes no FFN of a usable width")
    }
    feedForwardWidth = (scaled + multiple - 1) / multiple * multiple
  }
}
