import Plan

/// Qwen3-VL: pictures at their own resolution, rotary and interpolated learned positions in the tower, rows of several of
/// its layers behind the decoder's first ones (DeepStack), interleaved M-RoPE, norms of queries and keys.
struct Qwen3VL: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: Qwen3Tower
  private let decoder: DecoderConfig

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(try config.child("text_config"), parent: config, kinds: [.qwen3VL])
    var text = decoder.model
    text.imageToken = try config.integer("image_token_id", default: 151_655)
    if let stopTokens = checkpoint.stopTokens { text.stopTokens = stopTokens }
    tower = try Qwen3Tower(try config.child("vision_config"), parent: config)
    guard tower.outputWidth == text.width else {
      throw config.error("hidden_size", "is \(text.width), the tower's merger gives \(tower.outputWidth)")
    }
    guard tower.model.deepLayers.count <= text.layers else {
      throw config.error("vision_config.deepstack_visual_indexes", "are more than \(text.layers) layers")
    }
    let projector = try ProjectorModel(merging: tower.model, by: tower.merge, norm: .layerNorm, config)
    model = ModelDescription(family: "qwen3_vl", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.nativeResolution(
      patchSize: tower.model.patchSize, merge: tower.merge, frames: tower.frames)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(["model.visual.", "visual."], having: "patch_embed.proj.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image)
    try tower.addMergers(&builder, prefix: prefix)
    try builder.addDecoder(decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads)
    try builder.refuseUnused(except: RecipeBuilder.isBuffer)
  }
}
