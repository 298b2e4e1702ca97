import JSONReading
import Plan

/// InternViT: layer scale, optional norms of queries and keys, LayerNorm or RMSNorm.
struct InternTower {
  private(set) var model: VisionModel
  private let allLayers: Int
  private let hasMaskToken: Bool

  init(_ own: Settings?, parent: Settings) throws(CheckpointError) {
    let config = own ?? parent.blank("vision_config")
    let name = try config.text("model_type", default: "internvl_vision")
    guard name == "internvl_vision" else {
      throw config.error("model_type", "is \"\(name)\", supported is \"internvl_vision\"")
    }
    try config.demandInteger("num_channels", 3)
    var vision = VisionModel()
    vision.width = try config.extent("hidden_size", default: 1024)
    vision.heads = try config.extent("num_attention_heads", default: 16)
    vision.feedForwardWidth = try config.extent("intermediate_size", default: 4096)
    vision.imageSize = try config.side("image_size", default: 448)
    vision.patchSize = try config.side("patch_size", default: 14)
    try config.demandPatches(of: vision.patchSize, in: vision.imageSize)
    vision.normEpsilon = try config.real("layer_norm_eps", default: 1e-6)
    vision.activation = try config.activation("hidden_act", default: "gelu")
    let norm = try config.text("norm_type", default: "layer_norm")
    guard let norm = Norm(rawValue: norm) else {
      throw config.error("norm_type", "is \"\(norm)\", supported are layer_norm and rms_norm")
    }
    vision.norm = norm
    vision.attentionBias = try config.flag("attention_bias", default: false)
    vision.queryKeyNorm = try config.flag("use_qk_norm", default: false)
    // InternViT gives these norms an epsilon of their own.
    vision.queryKeyNormEpsilon = 1e-6
    vision.positions =
      try config.flag("use_absolute_position_embeddings", default: true) ? .learned : .none
    vision.layerScale = true
    vision.inputNorm = false
    allLayers = try config.extent("num_hidden_layers", default: 24, upTo: Settings.layerLimit)
    vision.featureLayers = try parent.featureLayers(default: -1, of: allLayers)
    guard vision.featureLayers.count == 1 else {
      throw parent.error("vision_feature_layer", "is \(vision.featureLayers), supported is one layer")
    }
    vision.layers = vision.featureLayers[0]
    vision.dropsFirstToken = try parent.dropsFirstToken(default: "default")
    let isMeanPooled = try config.flag("use_mean_pooling", default: true)
    // The last layer is read behind the tower's norm only where it is named as the last.
    let readsLast = parent["vision_feature_layer"] == nil || parent.integerIsMinusOne("vision_feature_layer")
    vision.outputNorm = !isMeanPooled && readsLast
    hasMaskToken = try config.flag("use_mask_token", default: false)
    model = vision
  }

  func addTensors(
    _ builder: inout RecipeBuilder, prefix: String, image: ImagePreprocessing
  ) throws(CheckpointError) {
    let (width, hidden, patch) = (model.width, model.feedForwardWidth, model.patchSize)
    let embedding = prefix + "embeddings."
    let patches = try builder.take(
      embedding + "patch_embeddings.projection.weight", [width, 3, patch, patch])
    let bias = try builder.take(embedding + "patch_embeddings.projection.bias", [width])
    builder.add("vision/patch_embedding", .foldedPatches(patches, image))
    builder.add("vision/patch_bias", .foldedBias(patches, bias, image))
    try builder.copy("vision/class_embedding", embedding + "cls_token", [1, 1, width])
    if model.positions == .learned {
      try builder.copy(
        "vision/position_embedding", embedding + "position_embeddings", [1, model.rows, width])
    }
    if model.outputNorm { try builder.copyNorm("vision/output_norm", prefix + "layernorm", width) }
    for layer in 0..<model.layers {
      let source = "\(prefix)encoder.layer.\(layer)."
      func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
      let attention = ["q_proj", "k_proj", "v_proj"].map { "\(source)attention.\($0)" }
      try builder.stack(name("qkv"), attention.map { ($0 + ".weight", [width, width]) })
      if model.attentionBias {
        try builder.stack(name("qkv_bias"), attention.map { ($0 + ".bias", [width]) })
      }
      if model.queryKeyNorm {
        try builder.copy(name("query_norm"), source + "attention.q_norm.weight", [width])
        try builder.copy(name("key_norm"), source + "attention.k_norm.weight", [width])
      }
      try builder.copyNorm(name("attention_norm"), source + "layernorm_before", width, model.norm)
      try builder.copyNorm(name("feed_forward_norm"), source + "layernorm_after", width, model.norm)
      try builder.copyLinear(
        name("attention_output"), source + "attention.projection_layer", [width, width])
      try builder.copyLinear(name("up"), source + "mlp.fc1", [hidden, width])
      try builder.copyLinear(name("down"), source + "mlp.fc2", [width, hidden])
      try builder.copy(name("attention_scale"), source + "lambda_1", [width])
      try builder.copy(name("feed_forward_scale"), source + "lambda_2", [width])
    }
  }

  func isUseless(_ rest: Substring) -> Bool {
    if rest == "embeddings.mask_token" { return hasMaskToken }
    if rest.hasPrefix("layernorm.") { return !model.outputNorm }
    return rest.isOfLayer(behind: "encoder.layer.", in: model.layers..<max(model.layers, allLayers))
  }
}

extension Settings {
  fileprivate func integerIsMinusOne(_ key: String) -> Bool {
    if case .integer(-1)? = self[key] { return true }
    return false
  }
}
