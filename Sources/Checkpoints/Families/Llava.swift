import PlanFormat

/// LLaVA-1.5: a CLIP tower, a two-layer projector, a Llama decoder. Names and options of
/// `LlavaForConditionalGeneration` and what they mean to a plan.
struct Llava {
  let model: ModelDescription
  /// Layers of the tower in the checkpoint; those after `model.vision.layers` are never read.
  private let towerLayers: Int

  /// Reads `config.json`. Whatever the engine cannot do is an error that names the key.
  init(_ config: Settings, stopTokens: [Int]?) throws(CheckpointError) {
    let family = try config.text("model_type")
    guard family == "llava" else {
      throw config.error("model_type", "is \"\(family)\", supported is \"llava\"")
    }
    for value in try config.array("architectures") {
      guard case .string("LlavaForConditionalGeneration") = value else {
        throw config.error(
          "architectures", "has \(value.summary), supported is LlavaForConditionalGeneration")
      }
    }
    var text = try LlamaConfig.read(try config.child("text_config"), parent: config)
    let imageKey = config["image_token_index"] == nil ? "image_token_id" : "image_token_index"
    text.imageToken = try config.integer(imageKey, default: 32000)
    if let stopTokens { text.stopTokens = stopTokens }
    let (vision, towerLayers) = try CLIPConfig.read(try config.child("vision_config"), parent: config)
    var projector = ProjectorModel()
    projector.hiddenWidth = text.width
    projector.activation = try config.activation("projector_hidden_act", default: "gelu")
    projector.bias = try config.flag("multimodal_projector_bias", default: true)
    self.towerLayers = towerLayers
    model = ModelDescription(family: family, text: text, vision: vision, projector: projector)
  }
}

extension Llava {
  /// Recipes for all weights; throws when a tensor is missing, has another shape or is not understood.
  func recipes(
    from tensors: TensorDirectory, image: ImagePreprocessing, ropeTheta: Double
  ) throws(CheckpointError) -> [String: WeightRecipe] {
    var builder = RecipeBuilder(tensors: tensors)
    let text = builder.prefix(
      ["language_model.model.", "model.language_model."], having: "embed_tokens.weight")
    let vision = builder.prefix(
      [
        "vision_tower.", "vision_tower.vision_model.", "model.vision_tower.",
        "model.vision_tower.vision_model.",
      ], having: "embeddings.patch_embedding.weight")
    let projector = builder.prefix(
      ["multi_modal_projector.", "model.multi_modal_projector."], having: "linear_1.weight")
    try addTower(&builder, vision, image)
    try addProjector(&builder, projector)
    try addDecoder(&builder, text, ropeTheta)
    try builder.refuseUnused { name in
      if name.hasSuffix("position_ids") || name.hasSuffix("rotary_emb.inv_freq") { return true }
      guard name.hasPrefix(vision) else { return false }
      let rest = name.dropFirst(vision.count)
      if rest.hasPrefix("post_layernorm.") { return true }
      guard rest.hasPrefix("encoder.layers.") else { return false }
      let layer = Int(rest.dropFirst("encoder.layers.".count).prefix { $0 != "." })
      return layer.map { (model.vision.layers..<towerLayers).contains($0) } ?? false
    }
    return builder.recipes
  }

  private func addTower(
    _ builder: inout RecipeBuilder, _ prefix: String, _ image: ImagePreprocessing
  ) throws(CheckpointError) {
    let vision = model.vision
    let (width, hidden, patch) = (vision.width, vision.feedForwardWidth, vision.patchSize)
    let patches = try builder.take(prefix + "embeddings.patch_embedding.weight", [width, 3, patch, patch])
    builder.add("vision/patch_embedding", .foldedPatches(patches, image))
    builder.add("vision/patch_bias", .foldedBias(patches, image))
    try builder.copy("vision/class_embedding", prefix + "embeddings.class_embedding", [width])
    try builder.copy(
      "vision/position_embedding", prefix + "embeddings.position_embedding.weight", [vision.positions, width])
    // The misspelling is that of the model's authors.
    try builder.copy("vision/input_norm", prefix + "pre_layrnorm.weight", [width])
    try builder.copy("vision/input_norm_bias", prefix + "pre_layrnorm.bias", [width])
    for layer in 0..<vision.layers {
      let source = "\(prefix)encoder.layers.\(layer)."
      func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
      let attention = ["q_proj", "k_proj", "v_proj"].map { "\(source)self_attn.\($0)" }
      try builder.stack(name("qkv"), attention.map { ($0 + ".weight", [width, width]) })
      try builder.stack(name("qkv_bias"), attention.map { ($0 + ".bias", [width]) })
      for (part, own, shape) in [
        ("attention_norm", "layer_norm1", [width]), ("feed_forward_norm", "layer_norm2", [width]),
        ("attention_output", "self_attn.out_proj", [width, width]), ("up", "mlp.fc1", [hidden, width]),
        ("down", "mlp.fc2", [width, hidden]),
      ] {
        try builder.copy(name(part), source + own + ".weight", shape)
        try builder.copy(name(part + "_bias"), source + own + ".bias", [shape[0]])
      }
    }
  }

  private func addProjector(_ builder: inout RecipeBuilder, _ prefix: String) throws(CheckpointError) {
    let (hidden, input, output) = (model.projector.hiddenWidth, model.vision.width, model.text.width)
    for (part, shape) in [("linear_1", [hidden, input]), ("linear_2", [output, hidden])] {
      try builder.copy("projector/\(part)", "\(prefix)\(part).weight", shape)
      if model.projector.bias {
        try builder.copy("projector/\(part)_bias", "\(prefix)\(part).bias", [shape[0]])
      }
    }
  }

  private func addDecoder(
    _ builder: inout RecipeBuilder, _ prefix: String, _ ropeTheta: Double
  ) throws(CheckpointError) {
    let text = model.text
    let (width, hidden) = (text.width, text.feedForwardWidth)
    let (queryRows, keyRows) = (text.queryHeads * text.headWidth, text.keyValueHeads * text.headWidth)
    let embedding = prefix + "embed_tokens.weight"
    try builder.copy("text/embedding", embedding, [text.vocabulary, width])
    builder.add(
      "text/rope_inverse_frequencies", .values(ropeInverseFrequencies(ropeTheta, headWidth: text.headWidth)))
    for layer in 0..<text.layers {
      let source = "\(prefix)layers.\(layer)."
      func name(_ part: String) -> String { TextModel.layerWeight(layer, part) }
      try builder.copy(name("attention_norm"), source + "input_layernorm.weight", [width])
      try builder.stack(
        name("qkv"),
        [
          (source + "self_attn.q_proj.weight", [queryRows, width]),
          (source + "self_attn.k_proj.weight", [keyRows, width]),
          (source + "self_attn.v_proj.weight", [keyRows, width]),
        ])
      try builder.copy(name("attention_output"), source + "self_attn.o_proj.weight", [width, queryRows])
      try builder.copy(name("feed_forward_norm"), source + "post_attention_layernorm.weight", [width])
      try builder.stack(
        name("gate_up"),
        [
          (source + "mlp.gate_proj.weight", [hidden, width]),
          (source + "mlp.up_proj.weight", [hidden, width]),
        ])
      let down = try builder.take(source + "mlp.down_proj.weight", [width, hidden])
      builder.add(name("down"), .transposed(down))
    }
    try builder.copy("text/final_norm", prefix + "norm.weight", [width])
    let head = builder.name(of: ["language_model.lm_head.weight", "lm_head.weight"])
    if !text.tiedHead {
      try builder.copy("text/head", head, [text.vocabulary, width])
    } else if builder.has(head) {
      try builder.demandEqual(head, embedding, [text.vocabulary, width])
    }
  }
}

/// `theta^(-2i / width)`, each step rounded to float32 as the reference implementation does.
func ropeInverseFrequencies(_ theta: Double, headWidth: Int) -> [Float] {
  (0..<headWidth / 2).map { pair in
    let exponent = Float(2 * pair) / Float(headWidth)
    return 1 / Float(power(Double(Float(theta)), Double(exponent)))
  }
}
