import Plan

/// Gemma 3: a SigLIP tower, patches averaged, a decoder whose layers mostly see a window, and pictures as a whole.
struct Gemma3: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: ClipTower
  private let decoder: DecoderConfig
  let placeholder: Int

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(try config.child("text_config"), parent: config, kinds: [.gemma3])
    let text = try checkpoint.text(of: decoder, imageToken: "image_token_index", default: 262_144)
    placeholder = try config.integer("boi_token_index", default: 255_999)
    var tower = try ClipTower(
      try config.child("vision_config"), parent: config, kinds: [.siglip], standard: nil)
    tower.takeNormedOutput()
    self.tower = tower
    var projector = ProjectorModel()
    let side = try config.root("mm_tokens_per_image", default: 256)
    let grid = tower.model.grid
    guard side > 0, grid % side == 0, (1...64).contains(grid / side) else {
      throw config.error(
        "mm_tokens_per_image",
        "is \(side * side), which a grid of \(grid) x \(grid) patches cannot be pooled to")
    }
    (projector.merge, projector.pools) = (grid / side, true)
    (projector.norm, projector.normEpsilon, projector.bias) = (.rmsNorm, tower.model.normEpsilon, false)
    model = ModelDescription(family: "gemma3", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.crops(model)
  }

  /// Lines around every picture.
  fileprivate static let edge = "\n\n"

  var pictureEdges: (before: String, after: String) {
    guard case .crops(let tiling) = image.tiling, tiling.maximumCrops > 0 else {
      return (Self.edge, Self.edge)
    }
    // Words stand before a picture that has crops.
    return ("", Self.edge)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(of: "vision_tower", having: "embeddings.patch_embedding.weight")
    let projector = builder.prefix(
      ["model.multi_modal_projector.", "multi_modal_projector."], having: "mm_input_projection_weight")
    try tower.addTensors(&builder, prefix: prefix, image: image, storedGrid: model.vision.grid)
    let (input, output) = (model.vision.width, model.text.width)
    try builder.copyNorm("projector/norm", projector + "mm_soft_emb_norm", input, offset: 1)
    let projection = try builder.take(projector + "mm_input_projection_weight", [input, output])
    builder.add("projector/linear_1", .transposed(projection))
    try builder.addDecoder(
      decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads, names: .gemma3)
    try builder.refuseUnused(under: prefix, except: tower.isUseless)
  }
}

extension ProcessorSettings {
  /// `Gemma3ImageProcessor`; pan and scan where the folder asks for it.
  fileprivate func crops(_ model: ModelDescription) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["Gemma3"])
    var result = try preprocessing(.halfBilinear)
    var tiling = CropTiling()
    tiling.side = try image.squareSide("size", default: 224)
    tiling.minimumCrop = try image.extent("pan_and_scan_min_crop_size", default: 256)
    tiling.maximumCrops = try image.extent("pan_and_scan_max_num_crops", default: 4)
    tiling.ratio = try image.real("pan_and_scan_min_ratio_to_activate", default: 1.2)
    if try !image.flag("do_pan_and_scan", default: false) { tiling.maximumCrops = 0 }
    result.tiling = .crops(tiling)
    result.arrangement = .overviewThenTiles
    try processor.demandTokens("image_seq_length", of: model)
    let (start, end) = ("<start_of_image>", "<end_of_image>")
    let (opening, closing) = (Gemma3.edge + start, end + Gemma3.edge)
    // What stands at the edges of a picture is the template's, unless it depends on the crops.
    result.markup.alone = tiling.maximumCrops == 0 ? start : opening
    result.markup.beforeOverview = "Here is the original image " + opening
    result.markup.afterOverview = closing + " and here are some crops to help you see better "
    result.markup.beforeTile = opening
    result.markup.betweenTiles = closing + " "
    result.markup.afterRow = closing + " "
    result.markup.closing = end
    return result
  }
}
