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

  /// Reads what the first Gemma's decoder has beside Llama's.
  mutating func takeGemma1(_ config: Settings) throws(CheckpointError) {
    attentionBias = try config.flag("attention_bias", default: false)
    attentionOutputBias = attentionBias
    embeddingScale = Double(Float(Double(width).squareRoot()))
    pictureAttention = .prompt
  }

  /// Reads what Gemma 2's decoder has beside Llama's.
  mutating func takeGemma2(_ config: Settings) throws(CheckpointError) {
    try takeGemma1(config)
    outputNorms = true
    logitCap = try config.cap("final_logit_softcapping", default: 30)
    scoreCap = try config.cap("attn_logit_softcapping", default: 50)
    let scalar = try config.real("query_pre_attn_scalar", default: 256)
    guard scalar > 0, scalar <= 1e9 else { throw config.error("query_pre_attn_scalar", "is \(scalar)") }
    scoreScale = 1 / scalar.squareRoot()
    window = try config.extent("sliding_window", default: 4096)
    // Every other layer, from the first, where no list says otherwise.
    let named = try config.layers(ofType: "sliding_attention", of: layers)
    windowLayers = named ?? stride(from: 0, to: layers, by: 2).map { $0 }
  }

  /// Reads what Gemma 4's decoder has beside Llama's.
  mutating func takeGemma4(_ config: Settings) throws(CheckpointError) {
    attentionBias = try config.flag("attention_bias", default: false)
    attentionOutputBias = attentionBias
    (headNorm, valueNorm, outputNorms, layerScales) = (true, true, true, true)
    embeddingScale = Double(Float(Double(width).squareRoot()))
    try config.demand("enable_moe_block", false)
    logitCap = try config.cap("final_logit_softcapping", default: 0)
    switch config["use_bidirectional_attention"] {
    case nil: pictureAttention = .causal
    case .string("vision"): pictureAttention = .wholeInWindows
    case .some(let value):
      throw config.error("use_bidirectional_attention", "is \(value.summary), supported is \"vision\"")
    }
    window = try config.extent("sliding_window", default: 512)
    // The last layer has none, whatever the list says.
    windowLayers = try config.windowLayers(of: layers).filter { $0 < layers - 1 }
    try takeHeadWidths(config)
    sharingLayers = try config.integer("num_kv_shared_layers", default: 0)
    guard (0..<layers).contains(sharingLayers) else {
      throw config.error("num_kv_shared_layers", "is \(sharingLayers) of \(layers) layers")
    }
    for layer in sharingStart..<layers where entryLayer(of: layer) >= sharingStart {
      throw config.error(
        "num_kv_shared_layers",
        "is \(sharingLayers), but no layer before has keys and values for layer \(layer)")
    }
    if sharingLayers > 0, try config.flag("use_double_wide_mlp", default: false) {
      sharingFeedForwardWidth = 2 * feedForwardWidth
    }
    layerEmbeddingWidth = try config.integer("hidden_size_per_layer_input", default: 256)
    guard (0...Settings.limit).contains(layerEmbeddingWidth) else {
      throw config.error("hidden_size_per_layer_input", "is \(layerEmbeddingWidth)")
    }
    layerEmbeddingVocabulary = try config.extent("vocab_size_per_layer_input", default: 262_144)
    layerEmbeddingVisualToken = try config.integer("pad_token_id", default: 0)
    guard layerEmbeddingWidth == 0 || layerEmbeddingVocabulary >= vocabulary else {
      throw config.error(
        "vocab_size_per_layer_input", "is \(layerEmbeddingVocabulary), less than vocab_size, \(vocabulary)")
    }
    guard layerEmbeddingWidth == 0 || (0..<layerEmbeddingVocabulary).contains(layerEmbeddingVisualToken)
    else {
      throw config.error("pad_token_id", "is \(layerEmbeddingVisualToken)")
    }
  }

  /// Widths of heads with a sliding window, which `head_dim` is, and of all others.
  private mutating func takeHeadWidths(_ config: Settings) throws(CheckpointError) {
    if !windowLayers.isEmpty { windowHeadWidth = headWidth }
    headWidth = try config.extent("global_head_dim", default: 512)
    let heads = try config.integer("num_global_key_value_heads", default: keyValueHeads)
    guard heads == keyValueHeads else {
      throw config.error(
        "num_global_key_value_heads",
        "is \(heads), supported is that of num_key_value_heads, \(keyValueHeads)")
    }
    guard let byLayer = try config.child("per_layer_config") else { return }
    var keys: [Int: String] = [:]
    // Numbers are as long as that of the last layer, with zeros in front.
    for (key, _) in byLayer.object.members {
      guard let layer = Int(key), (0..<layers).contains(layer), keys.updateValue(key, forKey: layer) == nil
      else { throw byLayer.error(key, "is no layer of \(layers), or one that is there twice") }
    }
    var widths: Set<Int> = []
    for layer in 0..<layers {
      let own = try keys[layer].map { key throws(CheckpointError) in try byLayer.child(key) } ?? nil
      let heads = try own?.extent("num_key_value_heads", default: keyValueHeads) ?? keyValueHeads
      guard heads == keyValueHeads else {
        throw byLayer.error("\(layer)", "has \(heads) num_key_value_heads, others \(keyValueHeads)")
      }
      let standard = windowHeadWidth > 0 ? windowHeadWidth : try config.extent("head_dim", default: 256)
      let width = try own?.extent("head_dim", default: standard) ?? standard
      guard windowLayers.contains(layer) else {
        widths.insert(width)
        continue
      }
      guard width == windowHeadWidth else {
        throw byLayer.error("\(layer)", "has a head_dim of \(width), others with a window \(windowHeadWidth)")
      }
    }
    guard widths.count == 1, let width = widths.first else {
      throw config.error("per_layer_config", "has heads of \(widths.sorted()) in layers without a window")
    }
    headWidth = width
  }
}

extension Settings {
  /// A bound that numbers come near to; 0 for none, which `null` says.
  fileprivate func cap(_ key: String, default standard: Double) throws(CheckpointError) -> Double {
    if isNull(key) { return 0 }
    let value = try real(key, default: standard)
    guard value > 0 || (value == 0 && standard == 0), value <= 1e6 else {
      throw error(key, "is \(value), expected a number above 0")
    }
    return value
  }

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
    let frequencies = RotaryConfig.plain(theta, width: text.windowRotaryWidth)
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
