import Plan

/// MiniCPM-V 4.6: a SigLIP tower over pictures in their own shape and slices of them, with a merger between two of its layers,
/// and Qwen3.5's decoder with plain positions.
struct MiniCPMV46: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: ClipTower
  private let decoder: DecoderConfig

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(try config.child("text_config"), parent: config, kinds: [.qwen35])
    var text = try checkpoint.text(of: decoder, imageToken: "image_token_id")
    // A picture's tokens stand in a row like any others.
    (text.rotary.sections, text.rotary.interleavesSections) = ([], false)
    let vision = try config.child("vision_config")
    var tower = try ClipTower(vision, parent: config, kinds: [.minicpm], standard: nil)
    tower.takeNormedOutput()
    try config.demand("drop_vision_last_layer", false)
    try config.demandInteger("merger_times", 1)
    try config.demandPair("merge_kernel_size")
    let merger = try config.merger(of: tower.model, vision ?? config)
    if let merger { tower.insert(merger) }
    self.tower = tower
    var projector = ProjectorModel()
    (projector.merge, projector.norm, projector.normEpsilon) = (2, .layerNorm, 1e-6)
    projector.hiddenWidth = projector.inputWidth(tower.model)
    model = ModelDescription(family: "minicpmv4_6", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.slices(
      of: model, tokens: try SpecialTokens(checkpoint.directory), in: checkpoint.directory)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(of: "vision_tower", having: "embeddings.patch_embedding.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image, storedGrid: model.vision.positionGrid)
    let source = builder.prefix(["model.merger.mlp.0.", "merger.mlp.0."], having: "linear_1.weight")
    try builder.copyNorm("projector/norm", source + "pre_norm", model.projector.inputWidth(model.vision))
    try builder.addProjectorLayers(model, source)
    try builder.addDecoder(
      decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads, names: .qwen35)
    try builder.refuseUnused { name in
      RecipeBuilder.isBuffer(name) || RecipeBuilder.isGuess(name)
        || (name.hasPrefix(prefix) && tower.isUseless(name.dropFirst(prefix.count)))
    }
  }
}

extension Settings {
  /// The merger between two layers of a tower; `nil` where patches stay as many as they are ("4x").
  fileprivate func merger(
    of tower: VisionModel, _ vision: Settings
  ) throws(CheckpointError) -> TowerMergerModel? {
    try vision.demandPair("window_kernel_size")
    guard try downsamplesTwice() else { return nil }
    let layer = try integer("insert_layer_id", default: 6)
    guard (0..<tower.layers).contains(layer) else {
      throw error("insert_layer_id", "is \(layer) for \(tower.layers) layers of the tower")
    }
    var merger = TowerMergerModel()
    merger.layer = layer + 1
    let (width, overflow) = tower.feedForwardWidth.multipliedReportingOverflow(by: merger.side * merger.side)
    guard !overflow else {
      throw vision.error("intermediate_size", "is \(tower.feedForwardWidth)")
    }
    merger.feedForwardWidth = width
    return merger
  }

  /// Whether `downsample_mode` is "16x" rather than "4x".
  fileprivate func downsamplesTwice() throws(CheckpointError) -> Bool {
    let mode = try text("downsample_mode", default: "16x")
    guard ["4x", "16x"].contains(mode) else {
      throw error("downsample_mode", "is \"\(mode)\", supported are \"16x\" and \"4x\"")
    }
    return mode == "16x"
  }

  /// Demands that the sides of a window are 2 patches each, or are not said.
  fileprivate func demandPair(_ key: String) throws(CheckpointError) {
    let sides = try integers(key) ?? [2, 2]
    guard sides == [2, 2] else { throw error(key, "is \(sides), supported is [2, 2]") }
  }
}

extension ProcessorSettings {
  /// `MiniCPMV4_6ImageProcessor`. The texts around pictures and slices are the tokenizer's.
  fileprivate func slices(
    of model: ModelDescription, tokens: SpecialTokens, in directory: String
  ) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["MiniCPMV4_6"])
    var result = try preprocessing(.half)
    let patch = model.vision.patchSize
    try image.demandExtent("patch_size", patch, of: "the tower's", default: 14)
    guard try image.downsamplesTwice() == (model.vision.merger.layer > 0) else {
      throw image.error("downsample_mode", "is another than the model's")
    }
    var tiling = SliceTiling()
    let (unit, overflow) = patch.multipliedReportingOverflow(by: model.patchesPerToken)
    guard !overflow else { throw image.error("patch_size", "is \(patch)") }
    tiling.unit = unit
    tiling.side = try image.extent("scale_resolution", default: 448)
    tiling.maximumTiles = try image.extent("max_slice_nums", default: 9)
    if try !image.flag("slice_mode", default: true) { tiling.maximumTiles = 1 }
    result.tiling = .slices(tiling)
    result.arrangement = .overviewThenTiles
    func token(_ name: String) throws(CheckpointError) -> String {
      guard let text = tokens.texts[name + "_token"] else {
        throw CheckpointError(
          file: "\(directory)/tokenizer_config.json", object: name + "_token", reason: "is missing")
      }
      return text
    }
    let isNumbered = try image.flag("use_image_id", default: true)
    if try processor.flag("use_image_id", default: isNumbered) {
      result.markup.label = try token("image_id_start") + "{picture}" + token("image_id_end")
    }
    result.markup.opening = try token("image_start")
    result.markup.afterOverview = try token("image_end")
    result.markup.afterAlone = result.markup.afterOverview
    result.markup.beforeTile = try token("slice_start")
    result.markup.afterTile = try token("slice_end")
    result.markup.afterRow = "\n"
    return result
  }
}
