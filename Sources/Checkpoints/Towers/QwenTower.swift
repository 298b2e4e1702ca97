import Plan

/// The towers of Qwen2-VL (LayerNorm, plain FFN) and Qwen2.5-VL (RMSNorm, gated FFN, windows): rotary positions and a
/// patch embedding over pairs of frames.
struct QwenTower {
  let model: VisionModel
  /// Patches along each side that the merger joins.
  let merge: Int
  /// Frames of a patch.
  let frames: Int
  /// Width of what the merger gives.
  let outputWidth: Int
  private let frequencies: [Float]

  init(_ own: Settings?, parent: Settings, hasWindows: Bool) throws(CheckpointError) {
    let config = own ?? parent.blank("vision_config")
    for key in ["in_channels", "in_chans"] { try config.demandInteger(key, 3) }
    var vision = VisionModel()
    let layers = try config.extent("depth", default: try config.extent("num_hidden_layers", default: 32))
    let heads = try config.extent(
      "num_heads", default: try config.extent("num_attention_heads", default: 16))
    (vision.layers, vision.heads) = (layers, heads)
    vision.featureLayers = [layers]
    vision.patchSize = try config.side("patch_size", default: 14)
    merge = try config.extent("spatial_merge_size", default: 2)
    frames = try config.side("temporal_patch_size", default: 2)
    vision.positions = .rotary
    vision.normEpsilon = 1e-6
    (vision.inputNorm, vision.classToken, vision.dropsFirstToken) = (false, false, false)
    if hasWindows {
      vision.width = try config.extent("hidden_size", default: 3584)
      vision.feedForwardWidth = try config.extent("intermediate_size", default: 3420)
      vision.activation = try config.activation("hidden_act", default: "silu")
      (vision.norm, vision.gatedFeedForward) = (.rmsNorm, true)
      outputWidth = try config.extent("out_hidden_size", default: 3584)
      let window = try config.extent("window_size", default: 112)
      guard window / merge / vision.patchSize > 0 else {
        throw config.error("window_size", "is \(window), less than one merged patch")
      }
      vision.window = window / merge / vision.patchSize * merge
      vision.fullAttentionLayers = try config.integers("fullatt_block_indexes") ?? [7, 15, 23, 31]
      vision.fullAttentionLayers.removeAll { $0 >= layers }
    } else {
      vision.width = try config.extent("embed_dim", default: 1280)
      let ratio = try config.extent("mlp_ratio", default: 4)
      guard (1...64).contains(ratio), (1...65_536).contains(vision.width) else {
        throw config.error("mlp_ratio", "is \(ratio) for a width of \(vision.width)")
      }
      vision.feedForwardWidth = ratio * vision.width
      vision.activation = try config.activation("hidden_act", default: "quick_gelu")
      outputWidth = try config.extent("hidden_size", default: 3584)
    }
    guard vision.width % heads == 0 else {
      throw config.error("num_heads", "is \(heads) for a width of \(vision.width)")
    }
    frequencies = try Self.frequencies(config, headWidth: vision.width / heads)
    model = vision
  }

  /// Angles per row of a head's first quarter, and per column of its second.
  static func frequencies(_ config: Settings, headWidth: Int) throws(CheckpointError) -> [Float] {
    let theta = try config.child("rope_parameters")?.real("rope_theta", default: 10_000) ?? 10_000
    let quarter = headWidth / 4
    let frequencies = (0..<quarter).map { pair in
      1 / Float(power(theta, Double(Float(pair) / Float(quarter))))
    }
    guard frequencies.allSatisfy(\.isFinite) else {
      throw config.error("rope_parameters.rope_theta", "is \(theta), which gives angles that are no numbers")
    }
    return frequencies
  }

  func addTensors(
    _ builder: inout RecipeBuilder, prefix: String, image: ImagePreprocessing
  ) throws(CheckpointError) {
    let (width, hidden, patch) = (model.width, model.feedForwardWidth, model.patchSize)
    let patches = try builder.take(prefix + "patch_embed.proj.weight", [width, 3, frames, patch, patch])
    builder.add("vision/patch_embedding", .foldedPatches(patches, image))
    builder.add("vision/patch_bias", .foldedBias(patches, nil, image))
    builder.add("vision/rope_inverse_frequencies", .values(frequencies))
    for layer in 0..<model.layers {
      let source = "\(prefix)blocks.\(layer)."
      func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
      try builder.addQwenAttention(model, layer: layer, source)
      if model.gatedFeedForward {
        let gates = ["gate_proj", "up_proj"].map { "\(source)mlp.\($0)" }
        try builder.stack(name("up"), gates.map { ($0 + ".weight", [hidden, width]) })
        try builder.stack(name("up_bias"), gates.map { ($0 + ".bias", [hidden]) })
        try builder.copyLinear(name("down"), source + "mlp.down_proj", [width, hidden])
      } else {
        try builder.copyLinear(name("up"), source + "mlp.fc1", [hidden, width])
        try builder.copyLinear(name("down"), source + "mlp.fc2", [width, hidden])
      }
    }
  }
}

extension RecipeBuilder {
  /// Norms and attention of a layer, whose names are the same in all of Qwen's towers.
  mutating func addQwenAttention(
    _ model: VisionModel, layer: Int, _ source: String
  ) throws(CheckpointError) {
    let width = model.width
    func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
    try copyNorm(name("attention_norm"), source + "norm1", width, model.norm)
    try copyNorm(name("feed_forward_norm"), source + "norm2", width, model.norm)
    try copyLinear(name("qkv"), source + "attn.qkv", [3 * width, width])
    try copyLinear(name("attention_output"), source + "attn.proj", [width, width])
  }
}
