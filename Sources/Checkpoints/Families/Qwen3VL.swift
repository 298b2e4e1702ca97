import Plan

/// Qwen3-VL and Qwen3.5: pictures at their own resolution, rotary and interpolated learned positions in the tower, interleaved
/// M-RoPE, norms of queries and keys. In Qwen3-VL rows of several of the tower's layers come behind the decoder's first ones
/// (DeepStack); Qwen3.5 has attention with gates in some layers and gated delta rules in the others.
struct Qwen3VL: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: Qwen3Tower
  private let decoder: DecoderConfig
  private var isQwen35: Bool { model.family == "qwen3_5" }

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    let family = try config.text("model_type")
    let isQwen35 = family == "qwen3_5"
    decoder = try DecoderConfig(
      try config.child("text_config"), parent: config, kinds: [isQwen35 ? .qwen35 : .qwen3VL])
    let text = try checkpoint.text(
      of: decoder, imageToken: "image_token_id", default: isQwen35 ? 248_056 : 151_655)
    tower = try Qwen3Tower(try config.child("vision_config"), parent: config, isDeep: !isQwen35)
    guard tower.outputWidth == text.width else {
      throw config.error("hidden_size", "is \(text.width), the tower's merger gives \(tower.outputWidth)")
    }
    guard tower.model.deepLayers.count <= text.layers else {
      throw config.error("vision_config.deepstack_visual_indexes", "are more than \(text.layers) layers")
    }
    let projector = try ProjectorModel(merging: tower.model, by: tower.merge, norm: .layerNorm, config)
    model = ModelDescription(family: family, text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.nativeResolution(
      patchSize: tower.model.patchSize, merge: tower.merge, frames: tower.frames)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(["model.visual.", "visual."], having: "patch_embed.proj.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image)
    try tower.addMergers(&builder, prefix: prefix)
    try builder.addDecoder(
      decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads,
      names: isQwen35 ? .qwen35 : .llama)
    try builder.refuseUnused { name in
      RecipeBuilder.isBuffer(name) || (isQwen35 && RecipeBuilder.isGuess(name))
    }
  }
}
