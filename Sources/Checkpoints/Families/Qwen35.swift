import Plan

/// Qwen3.5: Qwen3-VL's tower without DeepStack, interleaved M-RoPE over a part of each head, attention with gates in some
/// layers and gated delta rules in the others.
struct Qwen35: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: Qwen3Tower
  private let decoder: DecoderConfig

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(try config.child("text_config"), parent: config, kinds: [.qwen35])
    var text = decoder.model
    text.imageToken = try config.integer("image_token_id", default: 248_056)
    if let stopTokens = checkpoint.stopTokens { text.stopTokens = stopTokens }
    tower = try Qwen3Tower(try config.child("vision_config"), parent: config, isDeep: false)
    guard tower.outputWidth == text.width else {
      throw config.error("hidden_size", "is \(text.width), the tower's merger gives \(tower.outputWidth)")
    }
    let projector = try ProjectorModel(merging: tower.model, by: tower.merge, norm: .layerNorm, config)
    model = ModelDescription(family: "qwen3_5", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.nativeResolution(
      patchSize: tower.model.patchSize, merge: tower.merge, frames: tower.frames)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(["model.visual.", "visual."], having: "patch_embed.proj.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image)
    try tower.addMergers(&builder, prefix: prefix)
    try builder.addDecoder(
      decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads, names: .qwen35)
    // Layers that guess tokens further ahead.
    try builder.refuseUnused { RecipeBuilder.isBuffer($0) || $0.hasPrefix("mtp.") }
  }
}
