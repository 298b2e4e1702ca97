import Plan

/// LLaVA-1.5: a CLIP or SigLIP tower, a two-layer projector, a decoder.
struct Llava: ModelFamily {
  private let parts: LlavaParts
  let image: ImagePreprocessing

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    parts = try LlavaParts(
      checkpoint, family: "llava", towers: [.clip, .siglip], standard: .clipLarge,
      decoders: [.llama, .mistral, .qwen2],
      imageToken: 32000)
    image = try checkpoint.processor.singleTile()
  }

  var model: ModelDescription { parts.model }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    try parts.addTensors(to: &builder, image)
  }
}

/// LLaVA-NeXT: tiles of the resolution that fits, unpadded, with separators.
struct LlavaNext: ModelFamily {
  private let parts: LlavaParts
  let image: ImagePreprocessing

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    parts = try LlavaParts(
      checkpoint, family: "llava_next", towers: [.clip, .siglip], standard: .clipLarge,
      decoders: [.llama, .mistral, .qwen2, .granite], imageToken: 32000, newline: true)
    image = try checkpoint.processor.anyResolution(checkpoint.config, isOneVision: false)
  }

  var model: ModelDescription { parts.model }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    try parts.addTensors(to: &builder, image)
  }
}

/// LLaVA-OneVision: a SigLIP tower, more tiles, features scaled down where they are too many, Qwen2.
struct LlavaOneVision: ModelFamily {
  private let parts: LlavaParts
  let image: ImagePreprocessing

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    parts = try LlavaParts(
      checkpoint, family: "llava_onevision", towers: [.siglip, .clip], standard: .siglipLarge,
      decoders: [.qwen2, .llama, .mistral], imageToken: 151_646, newline: true, featureLayer: -1,
      strategy: "full")
    image = try checkpoint.processor.anyResolution(checkpoint.config, isOneVision: true)
  }

  var model: ModelDescription { parts.model }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    try parts.addTensors(to: &builder, image)
  }
}

/// What the LLaVA families have in common.
private struct LlavaParts {
  let model: ModelDescription
  private let tower: ClipTower
  private let decoder: DecoderConfig

  init(
    _ checkpoint: CheckpointSettings, family: String, towers: [ClipTower.Kind], standard: VisionDefaults,
    decoders: [DecoderConfig.Kind], imageToken: Int, newline: Bool = false, featureLayer: Int = -2,
    strategy: String = "default"
  ) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(try config.child("text_config"), parent: config, kinds: decoders)
    let text = try checkpoint.text(
      of: decoder, imageToken: "image_token_index", "image_token_id", default: imageToken)
    var tower = try ClipTower(
      try config.child("vision_config"), parent: config, kinds: towers, standard: standard)
    try tower.selectFeatures(config, layer: featureLayer, strategy: strategy)
    var projector = ProjectorModel()
    projector.hiddenWidth = text.width
    projector.activation = try config.activation("projector_hidden_act", default: "gelu")
    projector.bias = try config.flag("multimodal_projector_bias", default: true)
    projector.newline = newline
    self.tower = tower
    model = ModelDescription(family: family, text: text, vision: tower.model, projector: projector)
    let needsGrid = newline && tower.model.classToken != tower.model.dropsFirstToken
    if needsGrid {
      throw config.error(
        "vision_feature_select_strategy", "leaves tokens of a tile that are no square of patches")
    }
  }

  func addTensors(to builder: inout RecipeBuilder, _ image: ImagePreprocessing) throws(CheckpointError) {
    let towerPrefix = builder.prefix(of: "vision_tower", having: "embeddings.patch_embedding.weight")
    let projector = builder.prefix(
      ["multi_modal_projector.", "model.multi_modal_projector."], having: "linear_1.weight")
    try tower.addTensors(&builder, prefix: towerPrefix, image: image, storedGrid: model.vision.grid)
    try builder.addProjectorLayers(model, projector)
    if model.projector.newline {
      try builder.copy(
        "projector/newline", builder.name(of: ["image_newline", "model.image_newline"]), [model.text.width])
    }
    try builder.addDecoder(decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads)
    try builder.refuseUnused(under: towerPrefix, except: tower.isUseless)
  }
}
