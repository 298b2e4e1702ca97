import JSONReading
import Plan

extension TextModel {
  /// Reads what Gemma 3's decoder has beside Llama's.
  mutating func takeGemma(_ config: Settings) throws(CheckpointError) {
    attentionBias = try config.flag("attention_bias", default: false)
    attentionOutputBias = attentionBias
    (headNorm, outputNorms) = (true, true)
    embeddingScale = Double(Float(Double(width).squareRoot()))
    pictureAttention = .whole
    try config.demand("use_bidirectional_attention", false)
    for key in ["final_logit_softcapping", "attn_logit_softcapping"] { try config.demandAbsent(key) }
    window = try config.extent("sliding_window", default: 4096)
    windowLayers = try config.windowLayers(of: layers)
  }
}

extension Settings {
  /// Layers whose attention has a sliding window: those of `layer_types`, or all but each sixth.
  fileprivate func windowLayers(of layers: Int) throws(CheckpointError) -> [Int] {
    if let named = try self.layers(ofType: "sliding_attention", of: layers) { return named }
    let pattern = try extent("sliding_window_pattern", default: 6)
    guard pattern > 0 else { throw error("sliding_window_pattern", "is 0") }
    return (0..<layers).filter { ($0 + 1) % pattern != 0 }
  }

  /// The settings as they are for one kind of layers: `rope_parameters` may have an object for each.
  func rope(of kind: String) throws(CheckpointError) -> Settings {
    guard let own = try child("rope_parameters")?[kind], case .object = own else { return self }
    let others = object.members.filter { $0.name != "rope_parameters" }
    return Settings(
      file: file, path: path,
      object: JSONObject([("rope_parameters", own)] + others.map { ($0.name, $0.value) }))
  }

  /// Angles per position of layers with a sliding window, which no setting scales.
  func windowFrequencies(_ text: TextModel) throws(CheckpointError) -> [Float] {
    let older = try real("rope_local_base_freq", default: 10_000)
    var theta = older
    if let own = try child("rope_parameters")?.child("sliding_attention") {
      let type = try own.text("rope_type", default: "default")
      guard type == "default" else {
        throw own.error("rope_type", "is \"\(type)\", supported is default in layers with a sliding window")
      }
      theta = try own.real("rope_theta", default: older)
    }
    guard theta > 0 else { throw error("rope_local_base_freq", "is \(theta)") }
    let frequencies = RotaryConfig.plain(theta, width: text.rotary.width)
    guard frequencies.allSatisfy(\.isFinite) else {
      throw error("rope_local_base_freq", "is \(theta), which gives angles that are no numbers")
    }
    return frequencies
  }

  /// By how much larger queries are than where scores are scaled by the width of a head.
  func queryFactor(headWidth: Int) throws(CheckpointError) -> Float {
    let scalar = try real("query_pre_attn_scalar", default: 256)
    guard scalar > 0, scalar <= 1e9 else { throw error("query_pre_attn_scalar", "is \(scalar)") }
    return Float((Double(headWidth) / scalar).squareRoot())
  }
}
