import Plan

/// LFM2-VL and LFM2.5-VL: a SigLIP 2 tower at the picture's own resolution, pixel unshuffle, a decoder most of whose layers
/// are short convolutions.
struct Lfm2VL: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: ClipTower
  private let decoder: DecoderConfig

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(try config.child("text_config"), parent: config, kinds: [.lfm2])
    let text = try checkpoint.text(
      of: decoder, imageToken: "image_token_index", "image_token_id", default: 396)
    var tower = try ClipTower(
      try config.child("vision_config"), parent: config, kinds: [.siglip2], standard: nil)
    tower.takeNormedOutput()
    self.tower = tower
    var projector = ProjectorModel()
    projector.merge = try config.extent("downsample_factor", default: 2)
    guard (1...64).contains(projector.merge) else {
      throw config.error("downsample_factor", "is \(projector.merge), expected 1 to 64")
    }
    projector.norm = try config.flag("projector_use_layernorm", default: true) ? .layerNorm : .none
    projector.hiddenWidth = try config.extent("projector_hidden_size", default: 2560)
    projector.activation = try config.activation("projector_hidden_act", default: "gelu")
    projector.bias = try config.flag("projector_bias", default: true)
    model = ModelDescription(family: "lfm2_vl", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.nativeTiles(patchSize: tower.model.patchSize, merge: projector.merge)
  }

  /// The template has them.
  var addsLeadingTokens: Bool { false }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(of: "vision_tower", having: "embeddings.patch_embedding.weight")
    let source = builder.prefix(
      ["model.multi_modal_projector.", "multi_modal_projector."], having: "linear_1.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image, storedGrid: model.vision.positionGrid)
    if model.projector.norm != .none {
      try builder.copyNorm(
        "projector/norm", source + "layer_norm", model.projector.inputWidth(model.vision))
    }
    try builder.addProjectorLayers(model, source)
    try builder.addDecoder(
      decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads, names: .lfm2)
    try builder.refuseUnused(under: prefix, except: tower.isUseless)
  }
}

extension ProcessorSettings {
  /// `Lfm2VlImageProcessor`, which resizes with torchvision alone.
  fileprivate func nativeTiles(patchSize: Int, merge: Int) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["Lfm2Vl"])
    var result = try preprocessing(.halfBilinear)
    result.resampler = .torch
    guard [.bilinear, .bicubic].contains(result.filter) else {
      throw image.error("resample", "is \(result.filter.rawValue), supported are bilinear and bicubic")
    }
    for (key, standard, expected) in [("encoder_patch_size", 16, patchSize), ("downsample_factor", 2, merge)]
    {
      try image.demandExtent(key, expected, of: "the model's", default: standard)
    }
    var tiling = NativeTiling()
    let (unit, isWide) = patchSize.multipliedReportingOverflow(by: merge)
    tiling.resolution.unit = unit
    func pixels(_ key: String, default standard: Int) throws(CheckpointError) -> Int {
      let tokens = try image.extent(key, default: standard)
      let (pixels, overflow) = tokens.multipliedReportingOverflow(by: unit * unit)
      guard !overflow, !isWide, unit <= 1 << 15 else { throw image.error(key, "is \(tokens)") }
      return pixels
    }
    tiling.resolution.minimumPixels = try pixels("min_image_tokens", default: 64)
    tiling.resolution.maximumPixels = try pixels("max_image_tokens", default: 256)
    tiling.side = try image.extent("tile_size", default: 512)
    tiling.tolerance = try image.real("max_pixels_tolerance", default: 2)
    tiling.hasOverview = try image.flag("use_thumbnail", default: true)
    if try image.flag("do_image_splitting", default: true) {
      tiling.minimumTiles = try image.extent("min_tiles", default: 2)
      tiling.maximumTiles = try image.extent("max_tiles", default: 10)
    } else {
      (tiling.minimumTiles, tiling.maximumTiles) = (1, 1)
    }
    result.tiling = .nativeTiles(tiling)
    if try processor.flag("use_image_special_tokens", default: true) {
      result.markup.opening = "<|image_start|>"
      result.markup.beforeTile = "<|img_row_{row}_col_{column}|>"
      result.markup.beforeOverview = "<|img_thumbnail|>"
      result.markup.closing = "<|image_end|>"
    }
    return result
  }
}
