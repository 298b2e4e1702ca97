import JSONReading
import Plan

extension TextModel {
  /// Reads which of Qwen3.5's layers are gated delta rules, and their sizes; its attention has gates.
  mutating func takeDeltaRules(_ config: Settings) throws(CheckpointError) {
    attentionGate = true
    try config.demand("attn_output_gate", true)
    delta.keyHeads = try config.extent("linear_num_key_heads", default: 16)
    delta.valueHeads = try config.extent("linear_num_value_heads", default: 32)
    delta.keyWidth = try config.extent("linear_key_head_dim", default: 128)
    delta.valueWidth = try config.extent("linear_value_head_dim", default: 128)
    delta.taps = try config.extent("linear_conv_kernel_dim", default: 4)
    if let named = try config.layers(ofType: "linear_attention", of: layers) {
      deltaLayers = named
    } else {
      let interval = try config.extent("full_attention_interval", default: 4)
      guard interval > 0 else { throw config.error("full_attention_interval", "is 0") }
      deltaLayers = (0..<layers).filter { ($0 + 1) % interval != 0 }
    }
    guard deltaLayers.count < layers else {
      throw config.error("layer_types", "has no layer with attention, which is not supported")
    }
  }
}

extension RecipeBuilder {
  /// A layer with a gated delta rule.
  mutating func addDelta(
    _ text: TextModel, _ source: String, _ names: DecoderNames, _ name: (String) -> String
  ) throws(CheckpointError) {
    let (width, sizes, rule) = (text.width, text.delta, source + "linear_attn.")
    try copyNorm(name("delta_norm"), source + names.mixerNorm, width, offset: names.normOffset)
    try stack(
      name("delta_input"),
      [
        (rule + "in_proj_qkv.weight", [sizes.channels, width]),
        (rule + "in_proj_z.weight", [sizes.valueColumns, width]),
      ])
    try stack(
      name("delta_rates"), ["b", "a"].map { ("\(rule)in_proj_\($0).weight", [sizes.valueHeads, width]) })
    let filter = try take(rule + "conv1d.weight", [sizes.channels, 1, sizes.taps])
    add(name("delta_filter"), .transposed(filter))
    try copy(name("delta_decay"), rule + "A_log", [sizes.valueHeads])
    try copy(name("delta_decay_bias"), rule + "dt_bias", [sizes.valueHeads])
    try copy(name("delta_output_norm"), rule + "norm.weight", [sizes.valueWidth])
    try copy(name("delta_output"), rule + "out_proj.weight", [width, sizes.valueColumns])
  }

  /// Projections of attention with gates: the checkpoint has those of a head behind its query.
  mutating func addGatedProjections(
    _ text: TextModel, _ source: String, _ name: (String) -> String
  ) throws(CheckpointError) {
    let (width, heads) = (text.headWidth, text.queryHeads)
    func add(_ weight: String, _ part: String, _ columns: [Int]) throws(CheckpointError) {
      let queries = try take("\(source)q_proj.\(part)", [2 * heads * width] + columns)
      let others = try ["k", "v"].map { (projection) throws(CheckpointError) in
        try take("\(source)\(projection)_proj.\(part)", [text.keyValueHeads * width] + columns)
      }
      func rows(_ half: Int) -> [(SourceTensor, [Int])] {
        (0..<heads).map { (queries, Array((2 * $0 + half) * width..<(2 * $0 + half + 1) * width)) }
      }
      self.add(weight, .rows(rows(0) + others.map { ($0, Array(0..<$0.shape[0])) } + rows(1)))
    }
    try add(name("qkv"), "weight", [text.width])
    if text.attentionBias { try add(name("qkv_bias"), "bias", []) }
  }
}
