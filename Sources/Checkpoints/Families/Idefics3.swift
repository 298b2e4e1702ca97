import Plan

/// Idefics3, SmolVLM and SmolVLM2: a SigLIP tower over tiles, pixel shuffle, text that names rows and columns.
struct Idefics3: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: ClipTower
  private let decoder: DecoderConfig
  /// Patches along a side for which positions were learned.
  private let learnedGrid: Int

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    let words = try config.child("text_config")
    decoder = try DecoderConfig(words, parent: config, kinds: [.llama, .mistral, .qwen2]) { defaults in
      // Only a missing decoder has the family's own default.
      if words == nil { defaults.normEpsilon = 1e-5 }
    }
    let text = try checkpoint.text(of: decoder, imageToken: "image_token_id", default: 128_257)
    var tower = try ClipTower(
      try config.child("vision_config"), parent: config, kinds: [.smolvlm, .idefics3, .siglip], standard: nil)
    tower.takeNormedOutput()
    learnedGrid = tower.model.grid
    image = try checkpoint.processor.split()
    if case .split(let tiling) = image.tiling {
      try checkpoint.processor.image.demandPatches(
        of: tower.model.patchSize, in: tiling.side, "max_image_size.longest_edge")
      tower.resize(to: tiling.side)
    }
    var projector = ProjectorModel()
    projector.merge = try config.extent("scale_factor", default: 2)
    projector.bias = false
    self.tower = tower
    model = ModelDescription(
      family: try config.text("model_type"), text: text, vision: tower.model, projector: projector)
    let processor = checkpoint.processor.processor
    let tokens = try processor.extent("image_seq_len", default: 169)
    guard (1...64).contains(projector.merge),
      processor["image_seq_len"] == nil || tokens == model.tokensPerTile
    else {
      throw processor.error("image_seq_len", "is \(tokens), a tile has \(model.tokensPerTile) tokens")
    }
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(
      ["model.vision_model.", "vision_model."], having: "embeddings.patch_embedding.weight")
    let connector = builder.prefix(
      ["model.connector.", "connector."], having: "modality_projection.proj.weight")
    try tower.addTensors(
      &builder, prefix: prefix, image: image, storedGrid: learnedGrid, positions: tilePositions())
    try builder.copy(
      "projector/linear_1", connector + "modality_projection.proj.weight",
      [model.text.width, model.projector.inputWidth(model.vision)])
    try builder.addDecoder(decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads)
    try builder.refuseUnused(under: prefix, except: tower.isUseless)
  }

  /// The learned position of each patch of a tile: its place in the tile as a share, in steps of the learned grid.
  ///
  /// Each step is rounded to float32 where the reference implementation does.
  private func tilePositions() -> [Int] {
    let step = 1 / Float(model.vision.grid)
    let width = 1 / Double(learnedGrid)
    // `arange(width, 1, width)`: values in double, then float32.
    let count = Int(exactly: ((1 - width) / width).rounded(.up)) ?? 0
    let edges = (0..<max(0, count)).map { Float(width + Double($0) * width) }
    let places = (0..<model.vision.grid).map { index in
      let share = min(Float(index) * step, Float(1 - 1e-6))
      return edges.count { $0 <= share }
    }
    return places.flatMap { row in places.map { row * learnedGrid + $0 } }
  }
}

extension ProcessorSettings {
  /// `Idefics3ImageProcessor` and `SmolVLMImageProcessor`.
  fileprivate func split() throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["Idefics3", "SmolVLM"])
    var result = try preprocessing(.halfLanczos)
    var tiling = SplitTiling()
    tiling.side = try image.child("max_image_size")?.extent("longest_edge") ?? 364
    tiling.longestEdge = try image.child("size")?.extent("longest_edge") ?? 4 * 364
    tiling.splits = try image.flag("do_image_splitting", default: true)
    result.tiling = .split(tiling)
    result.markup.alone = "<fake_token_around_image><global-img>"
    result.markup.beforeTile = "<fake_token_around_image><row_{row}_col_{column}>"
    result.markup.afterRow = "\n"
    result.markup.beforeOverview = "\n<fake_token_around_image><global-img>"
    result.markup.closing = "<fake_token_around_image>"
    return result
  }
}
