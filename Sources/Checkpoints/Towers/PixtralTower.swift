import Plan

/// Pixtral's tower: RMSNorm, gated FFN, no biases, and rotary positions whose angles by row and by column take turns.
struct PixtralTower {
  private(set) var model: VisionModel
  private let allLayers: Int
  private let frequencies: [Float]

  init(_ own: Settings?, parent: Settings) throws(CheckpointError) {
    let config = own ?? parent.blank("vision_config")
    let name = try config.text("model_type", default: "pixtral")
    guard name == "pixtral" else {
      throw config.error("model_type", "is \"\(name)\", supported is \"pixtral\"")
    }
    try config.demandInteger("num_channels", 3)
    var vision = VisionModel()
    vision.width = try config.extent("hidden_size", default: 1024)
    vision.heads = try config.extent("num_attention_heads", default: 16)
    vision.feedForwardWidth = try config.extent("intermediate_size", default: 4096)
    vision.patchSize = try config.side("patch_size", default: 16)
    vision.activation = try config.activation("hidden_act", default: "gelu")
    let headWidth = try config.headWidth(of: vision, default: vision.width / vision.heads)
    (vision.norm, vision.normEpsilon, vision.gatedFeedForward) = (.rmsNorm, 1e-5, true)
    (vision.attentionBias, vision.layerBias) = (false, false)
    (vision.positions, vision.axisFrequencies) = (.rotary, true)
    (vision.classToken, vision.dropsFirstToken) = (false, false)
    allLayers = try config.extent("num_hidden_layers", default: 24, upTo: Settings.layerLimit)
    vision.featureLayers = try parent.featureLayers(default: -1, of: allLayers)
    guard vision.featureLayers.count == 1 else {
      throw parent.error("vision_feature_layer", "is \(vision.featureLayers), supported is one layer")
    }
    vision.layers = vision.featureLayers[0]
    frequencies = try Self.frequencies(config, headWidth: headWidth)
    model = vision
  }

  /// Angles by row, then by column: of all angles in turn.
  private static func frequencies(_ config: Settings, headWidth: Int) throws(CheckpointError) -> [Float] {
    let all = try RotaryConfig.axial(
      config, theta: try config.real("rope_theta", default: 10_000), width: headWidth)
    return [0, 1].flatMap { first in stride(from: first, to: all.count, by: 2).map { all[$0] } }
  }

  func addTensors(
    _ builder: inout RecipeBuilder, prefix: String, image: ImagePreprocessing
  ) throws(CheckpointError) {
    let (width, hidden, patch) = (model.width, model.feedForwardWidth, model.patchSize)
    let patches = try builder.take(prefix + "patch_conv.weight", [width, 3, patch, patch])
    builder.add("vision/patch_embedding", .foldedPatches(patches, image))
    builder.add("vision/patch_bias", .foldedBias(patches, nil, image))
    builder.add("vision/rope_inverse_frequencies", .values(frequencies))
    try builder.copyNorm("vision/input_norm", prefix + "ln_pre", width, .rmsNorm)
    for layer in 0..<model.layers {
      let source = "\(prefix)transformer.layers.\(layer)."
      func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
      try builder.copyNorm(name("attention_norm"), source + "attention_norm", width, .rmsNorm)
      try builder.copyNorm(name("feed_forward_norm"), source + "ffn_norm", width, .rmsNorm)
      let attention = ["q_proj", "k_proj", "v_proj"].map { "\(source)attention.\($0).weight" }
      try builder.stack(name("qkv"), attention.map { ($0, [width, width]) })
      try builder.copy(name("attention_output"), source + "attention.o_proj.weight", [width, width])
      let gates = ["gate_proj", "up_proj"].map { "\(source)feed_forward.\($0).weight" }
      try builder.stack(name("up"), gates.map { ($0, [hidden, width]) })
      try builder.copy(name("down"), source + "feed_forward.down_proj.weight", [width, hidden])
    }
  }

  /// Whether a tensor under the tower's prefix is of a layer that the chosen features do not need.
  func isUseless(_ rest: Substring) -> Bool {
    return rest.isOfLayer(behind: "transformer.layers.", in: model.layers..<max(model.layers, allLayers))
  }
}
