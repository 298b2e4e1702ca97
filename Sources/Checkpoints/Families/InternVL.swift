import Plan

/// InternVL 2.5, 3 and 3.5: InternViT, pixel shuffle, tiles with a thumbnail.
struct InternVL: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: InternTower
  private let decoder: DecoderConfig

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(
      try config.child("text_config"), parent: config, kinds: [.qwen2, .qwen3, .llama, .mistral]
    ) { $0.tiedHead = true }
    let text = try checkpoint.text(of: decoder, imageToken: "image_token_id", default: 151_667)
    tower = try InternTower(try config.child("vision_config"), parent: config)
    let ratio = try config.real("downsample_ratio", default: 0.5)
    guard ratio > 0, let merge = Int(exactly: 1 / ratio), (1...64).contains(merge) else {
      throw config.error("downsample_ratio", "is \(ratio), expected one part of a whole number")
    }
    var projector = ProjectorModel()
    projector.merge = merge
    projector.norm = .layerNorm
    projector.hiddenWidth = text.width
    projector.activation = try config.activation("projector_hidden_act", default: "gelu")
    model = ModelDescription(family: "internvl", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.canvas(model)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(of: "vision_tower", having: "embeddings.cls_token")
    let projector = builder.prefix(
      ["multi_modal_projector.", "model.multi_modal_projector."], having: "linear_1.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image)
    try builder.copyNorm(
      "projector/norm", projector + "layer_norm", model.projector.inputWidth(model.vision))
    try builder.addProjectorLayers(model, projector)
    try builder.addDecoder(decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads)
    try builder.refuseUnused(under: prefix, except: tower.isUseless)
  }
}

extension ProcessorSettings {
  /// `GotOcr2ImageProcessor`, which InternVL always asks for tiles.
  fileprivate func canvas(_ model: ModelDescription) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["GotOcr2"])
    var result = try preprocessing(.clip)
    var tiling = CanvasTiling()
    tiling.side = try image.squareSide("size", default: 384)
    tiling.minimumTiles = try image.extent("min_patches", default: 1)
    tiling.maximumTiles = try image.extent("max_patches", default: 12)
    result.tiling = .canvas(tiling)
    try processor.demandTokens("image_seq_length", of: model)
    result.markup.opening = "<img>"
    result.markup.closing = "</img>"
    return result
  }
}
