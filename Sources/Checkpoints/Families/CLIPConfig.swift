import PlanFormat

/// A CLIP tower's `vision_config`, with the defaults of `CLIPVisionConfig`, and what LLaVA reads from it.
enum CLIPConfig {
  /// The tower as far as it runs, and the number of layers the checkpoint has.
  static func read(
    _ own: Settings?, parent: Settings
  ) throws(CheckpointError) -> (model: VisionModel, layers: Int) {
    // Without a vision_config, LLaVA's own default applies: CLIP ViT-L/14 at 336 pixels.
    let large = own == nil
    let config = own ?? Settings(file: parent.file, path: "vision_config", object: JSONObject())
    let kind = try config.text("model_type", default: "clip_vision_model")
    guard kind == "clip_vision_model" else {
      throw config.error("model_type", "is \"\(kind)\", supported is \"clip_vision_model\"")
    }
    let channels = try config.integer("num_channels", default: 3)
    guard channels == 3 else { throw config.error("num_channels", "is \(channels), supported is 3") }
    var vision = VisionModel()
    vision.width = try config.integer("hidden_size", default: large ? 1024 : 768)
    vision.heads = try config.integer("num_attention_heads", default: large ? 16 : 12)
    vision.feedForwardWidth = try config.integer("intermediate_size", default: large ? 4096 : 3072)
    vision.imageSize = try config.integer("image_size", default: large ? 336 : 224)
    vision.patchSize = try config.integer("patch_size", default: large ? 14 : 32)
    vision.normEpsilon = try config.real("layer_norm_eps", default: 1e-5)
    vision.activation = try config.activation("hidden_act", default: "quick_gelu")
    let layers = try config.integer("num_hidden_layers", default: large ? 24 : 12)
    vision.layers = try layersThatRun(parent, of: layers)
    let strategy = try parent.text("vision_feature_select_strategy", default: "default")
    guard ["default", "full"].contains(strategy) else {
      throw parent.error(
        "vision_feature_select_strategy", "is \"\(strategy)\", supported are default and full")
    }
    vision.dropsClassToken = strategy == "default"
    return (vision, layers)
  }

  /// `vision_feature_layer` indexes the list of hidden states: the embedding, then the output of each layer.
  private static func layersThatRun(_ parent: Settings, of layers: Int) throws(CheckpointError) -> Int {
    let key = "vision_feature_layer"
    var chosen: Int
    switch parent[key] {
    case .array(let values):
      guard values.count == 1, case .integer(let only)? = values.first else {
        throw parent.error(key, "is \(JSON.array(values).summary), supported is one layer")
      }
      chosen = only
    default: chosen = try parent.integer(key, default: -2)
    }
    guard (1...512).contains(layers) else {
      throw parent.error("vision_config.num_hidden_layers", "is \(layers), expected 1 to 512")
    }
    if chosen < 0, chosen >= -layers { chosen += layers + 1 }
    guard (1...layers).contains(chosen) else {
      throw parent.error(key, "is \(chosen), the tower has \(layers) layers")
    }
    return chosen
  }
}
