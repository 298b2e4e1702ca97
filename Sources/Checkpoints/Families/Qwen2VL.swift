import Plan

/// Qwen2-VL: pictures at their own resolution, rotary positions in the tower, a merger, M-RoPE.
struct Qwen2VL: ModelFamily {
  private let parts: QwenParts
  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    parts = try QwenParts(checkpoint, family: "qwen2_vl", decoder: .qwen2VL, hasWindows: false)
  }
  var model: ModelDescription { parts.model }
  var image: ImagePreprocessing { parts.image }
  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    try parts.addTensors(to: &builder)
  }
}

/// Qwen2.5-VL: the same with windows, RMSNorm and gated FFNs in the tower.
struct Qwen25VL: ModelFamily {
  private let parts: QwenParts
  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    parts = try QwenParts(checkpoint, family: "qwen2_5_vl", decoder: .qwen25VL, hasWindows: true)
  }
  var model: ModelDescription { parts.model }
  var image: ImagePreprocessing { parts.image }
  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    try parts.addTensors(to: &builder)
  }
}

/// What both have in common.
private struct QwenParts {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: QwenTower
  private let decoder: DecoderConfig

  init(
    _ checkpoint: CheckpointSettings, family: String, decoder kind: DecoderConfig.Kind, hasWindows: Bool
  ) throws(CheckpointError) {
    let config = checkpoint.config
    // Checkpoints before 2025 keep the decoder's settings in the outer object.
    decoder = try DecoderConfig(try config.child("text_config") ?? config, parent: config, kinds: [kind])
    let text = try checkpoint.text(of: decoder, imageToken: "image_token_id", default: 151_655)
    tower = try QwenTower(try config.child("vision_config"), parent: config, hasWindows: hasWindows)
    guard tower.outputWidth == text.width else {
      throw config.error("hidden_size", "is \(text.width), the tower's merger gives \(tower.outputWidth)")
    }
    let projector = try ProjectorModel(
      merging: tower.model, by: tower.merge, norm: hasWindows ? .rmsNorm : .layerNorm, config)
    model = ModelDescription(family: family, text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.nativeResolution(
      patchSize: tower.model.patchSize, merge: tower.merge, frames: tower.frames)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(["visual.", "model.visual."], having: "patch_embed.proj.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image)
    let (width, hidden) = (model.vision.width, model.projector.hiddenWidth)
    try builder.copyNorm("projector/norm", prefix + "merger.ln_q", width, model.vision.norm)
    try builder.copyLinear("projector/linear_1", prefix + "merger.mlp.0", [hidden, hidden])
    try builder.copyLinear("projector/linear_2", prefix + "merger.mlp.2", [model.text.width, hidden])
    try builder.addDecoder(decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads)
    try builder.refuseUnused(except: RecipeBuilder.isBuffer)
  }
}

extension ProjectorModel {
  /// Qwen's merger of a tower's patches: a norm of each, then two layers over those that are joined.
  init(merging vision: VisionModel, by merge: Int, norm: ProjectorNorm, _ config: Settings)
    throws(CheckpointError)
  {
    let (hidden, overflow) = vision.width.multipliedReportingOverflow(by: merge * merge)
    guard !overflow, (1...64).contains(merge) else {
      throw config.error("vision_config.spatial_merge_size", "is \(merge)")
    }
    self.init()
    self.merge = merge
    self.norm = norm
    (normsPatches, normEpsilon, hiddenWidth) = (true, 1e-6, hidden)
  }
}

extension ProcessorSettings {
  /// `Qwen2VLImageProcessor`: limits in pixels, under either of their names.
  func nativeResolution(
    patchSize: Int, merge: Int, frames: Int
  ) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["Qwen2VL", "Qwen2_5_VL"])
    var result = try preprocessing(.clip)
    for (key, expected) in [
      ("patch_size", patchSize), ("merge_size", merge), ("temporal_patch_size", frames),
    ] {
      try image.demandExtent(key, expected, of: "the tower's", default: key == "patch_size" ? 14 : 2)
    }
    let size = try image.child("size")
    var native = NativeResolution()
    native.unit = patchSize * merge
    native.minimumPixels = try image.extent(
      "min_pixels", default: try size?.extent("shortest_edge", default: 3136, upTo: 1 << 40) ?? 3136,
      upTo: 1 << 40)
    native.maximumPixels = try image.extent(
      "max_pixels", default: try size?.extent("longest_edge", default: 1_003_520, upTo: 1 << 40) ?? 1_003_520,
      upTo: 1 << 40)
    result.tiling = .native(native)
    return result
  }
}
