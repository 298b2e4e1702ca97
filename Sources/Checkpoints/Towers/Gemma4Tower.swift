import Plan

/// The tower of Gemma 4: RMSNorm before and behind each part, heads normed, gated FFNs, positions by column and row, learned
/// and rotary, and products within ranges of their own.
struct Gemma4Tower {
  let model: VisionModel
  /// Patches along each side that are averaged.
  let merge: Int
  /// Whether features are standardized behind that.
  let standardizes: Bool
  private let keyValueHeads: Int
  private let frequencies: [Float]

  init(_ own: Settings?, parent: Settings) throws(CheckpointError) {
    let config = own ?? parent.blank("vision_config")
    var vision = VisionModel()
    vision.layers = try config.extent("num_hidden_layers", default: 16, upTo: Settings.layerLimit)
    vision.width = try config.extent("hidden_size", default: 768)
    vision.heads = try config.extent("num_attention_heads", default: 12)
    keyValueHeads = try config.extent("num_key_value_heads", default: 12)
    guard vision.heads % keyValueHeads == 0 else {
      throw config.error("num_key_value_heads", "is \(keyValueHeads) for \(vision.heads) heads")
    }
    let headWidth = try config.headWidth(of: vision, default: 64)
    try config.demand("attention_bias", false)
    vision.feedForwardWidth = try config.extent("intermediate_size", default: 3072)
    vision.activation = try config.activation("hidden_activation", default: "gelu_pytorch_tanh")
    vision.patchSize = try config.side("patch_size", default: 16)
    vision.positionAxis = try config.extent("position_embedding_size", default: 10_240, upTo: 1 << 16)
    vision.normEpsilon = try config.real("rms_norm_eps", default: 1e-6)
    vision.queryKeyNormEpsilon = vision.normEpsilon
    vision.clipsProducts = try config.flag("use_clipped_linears", default: false)
    (vision.norm, vision.gatedFeedForward, vision.positions) = (.rmsNorm, true, .rotary)
    (vision.queryKeyNorm, vision.normsHeads, vision.valueNorm) = (true, true, true)
    (vision.attentionBias, vision.layerBias, vision.outputNorms) = (false, false, true)
    (vision.inputNorm, vision.classToken, vision.dropsFirstToken) = (false, false, false)
    vision.featureLayers = [vision.layers]
    merge = try config.extent("pooling_kernel_size", default: 3, upTo: 64)
    standardizes = try config.flag("standardize", default: false)
    frequencies = try RotaryConfig.axial(config, theta: 100, width: headWidth / 2)
    model = vision
  }

  /// Elements of a head in the order in which they are rotated in pairs a half apart, rows before columns: the checkpoint
  /// has pairs a quarter apart, columns before rows.
  private var headOrder: [Int] {
    let quarter = model.headWidth / 4
    return [2, 0, 3, 1].flatMap { $0 * quarter..<($0 + 1) * quarter }
  }

  /// Rows of a projection to `heads` heads for all heads of the tower, which share them evenly.
  private func rows(of heads: Int, order: [Int]) -> [Int] {
    (0..<model.heads).flatMap { head in
      order.map { head / (model.heads / heads) * model.headWidth + $0 }
    }
  }

  func addTensors(
    _ builder: inout RecipeBuilder, prefix: String, image: ImagePreprocessing
  ) throws(CheckpointError) {
    let (width, axis) = (model.width, model.positionAxis)
    let patches = try builder.take(
      prefix + "patch_embedder.input_proj.weight", [width, model.patchElements])
    // The tower takes pixels from -1 to 1 where the processor's are from 0 to 1.
    var image = image
    image.mean = zip(image.mean, image.deviation).map { $0 + $1 / 2 }
    image.deviation = image.deviation.map { $0 / 2 }
    builder.add("vision/patch_embedding", .foldedPatches(patches, image))
    builder.add("vision/patch_bias", .foldedBias(patches, nil, image))
    let table = try builder.take(prefix + "patch_embedder.position_embedding_table", [2, axis, width])
    for (index, name) in ["column", "row"].enumerated() {
      builder.add("vision/\(name)_positions", .rows([(table, [index])]))
    }
    builder.add("vision/rope_inverse_frequencies", .values(frequencies))
    for layer in 0..<model.layers {
      let source = "\(prefix)encoder.layers.\(layer)."
      try addLayer(&builder, source) { VisionModel.layerWeight(layer, $0) }
    }
  }

  private func addLayer(
    _ builder: inout RecipeBuilder, _ source: String, _ name: (String) -> String
  ) throws(CheckpointError) {
    let (width, hidden, head) = (model.width, model.feedForwardWidth, model.headWidth)
    for (part, norm) in [
      ("attention_norm", "input_layernorm"), ("attention_output_norm", "post_attention_layernorm"),
      ("feed_forward_norm", "pre_feedforward_layernorm"),
      ("feed_forward_output_norm", "post_feedforward_layernorm"),
    ] {
      try builder.copyNorm(name(part), source + norm, width, .rmsNorm)
    }
    func take(_ part: String, _ shape: [Int]) throws(CheckpointError) -> SourceTensor {
      let linear = "\(source)\(part).linear.weight"
      return try builder.take(builder.has(linear) ? linear : "\(source)\(part).weight", shape)
    }
    let query = try take("self_attn.q_proj", [width, width])
    let key = try take("self_attn.k_proj", [keyValueHeads * head, width])
    let value = try take("self_attn.v_proj", [keyValueHeads * head, width])
    builder.add(
      name("qkv"),
      .rows([
        (query, rows(of: model.heads, order: headOrder)), (key, rows(of: keyValueHeads, order: headOrder)),
        (value, rows(of: keyValueHeads, order: Array(0..<head))),
      ]))
    // Scores are not scaled, where the engine divides them by the root of a head's width.
    for (part, factor) in [("query", Float(head).squareRoot()), ("key", 1)] {
      let norm = try builder.take("\(source)self_attn.\(part.prefix(1))_norm.weight", [head])
      builder.add(name("\(part)_norm"), .affine(norm, elements: headOrder, offset: 0, factor: factor))
    }
    builder.add(name("attention_output"), .stacked([try take("self_attn.o_proj", [width, width])]))
    builder.add(
      name("up"),
      .stacked([try take("mlp.gate_proj", [hidden, width]), try take("mlp.up_proj", [hidden, width])]))
    builder.add(name("down"), .stacked([try take("mlp.down_proj", [width, hidden])]))
    guard model.clipsProducts else { return }
    var ends: [SourceTensor] = []
    let attention = ["q_proj", "k_proj", "v_proj", "o_proj"].map { "self_attn." + $0 }
    for part in attention + ["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"] {
      for end in ["input_min", "input_max", "output_min", "output_max"] {
        ends.append(try builder.take("\(source)\(part).\(end)", []))
      }
    }
    builder.add(name("clips"), .scalars(ends))
  }
}
