import Plan

/// Mistral 3 and Ministral 3: Pixtral's tower at the picture's own resolution, patches merged, a token behind each row of a
/// picture.
struct Mistral3: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: PixtralTower
  private let decoder: DecoderConfig

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(
      try config.child("text_config"), parent: config, kinds: [.mistral, .ministral3])
    let text = try checkpoint.text(
      of: decoder, imageToken: "image_token_index", "image_token_id", default: 10)
    tower = try PixtralTower(try config.child("vision_config"), parent: config)
    var projector = ProjectorModel()
    projector.merge = try config.extent("spatial_merge_size", default: 2, upTo: 64)
    (projector.merger, projector.norm, projector.normsPatches) = (true, .rmsNorm, true)
    (projector.normEpsilon, projector.hiddenWidth) = (text.normEpsilon, text.width)
    projector.activation = try config.activation("projector_hidden_act", default: "gelu")
    projector.bias = try config.flag("multimodal_projector_bias", default: false)
    model = ModelDescription(family: "mistral3", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.longestEdge(model)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(["model.vision_tower.", "vision_tower."], having: "patch_conv.weight")
    let projector = builder.prefix(
      ["model.multi_modal_projector.", "multi_modal_projector."], having: "linear_1.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image)
    let (width, patches) = (model.vision.width, model.projector.merge * model.projector.merge)
    try builder.copyNorm("projector/norm", projector + "norm", width, .rmsNorm)
    let merger = try builder.take(
      projector + "patch_merger.merging_layer.weight", [width, width * patches])
    // The checkpoint has the patches of a channel side by side, a plan the channels of a patch.
    let order = (0..<patches).flatMap { patch in (0..<width).map { $0 * patches + patch } }
    builder.add("projector/merger", .columns(merger, order))
    try builder.addProjectorLayers(model, projector)
    try builder.addDecoder(decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads)
    try builder.refuseUnused(under: prefix, except: tower.isUseless)
  }
}

extension ProcessorSettings {
  /// `PixtralImageProcessor`: the longer edge is bounded, sides are rounded up, and a token is behind each row.
  fileprivate func longestEdge(_ model: ModelDescription) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["Pixtral"])
    var result = try preprocessing(.clip)
    let (patchSize, merge) = (model.vision.patchSize, model.projector.merge)
    for (key, standard, expected) in [("patch_size", 16, patchSize), ("spatial_merge_size", 1, merge)] {
      try processor.demandExtent(key, expected, of: "the model's", default: standard)
    }
    var native = NativeResolution()
    native.unit = patchSize * merge
    (native.rule, native.longestEdge) = (.longestEdge, try image.longestEdge("size", default: 1024))
    // What is within the edge has no more pixels.
    native.maximumPixels = max(native.longestEdge * native.longestEdge, native.unit * native.unit)
    native.minimumPixels = 1
    result.tiling = .native(native)
    for (key, token) in [("image_break_token", "[IMG_BREAK]"), ("image_end_token", "[IMG_END]")] {
      let text = try processor.text(key, default: token)
      guard text.utf8.count <= 64 else { throw processor.error(key, "has more than 64 bytes") }
      if key == "image_break_token" { result.markup.betweenRows = text } else { result.markup.closing = text }
    }
    return result
  }
}

extension Settings {
  /// The longest edge that a size allows: `{"longest_edge": n}`, or two equal sides.
  fileprivate func longestEdge(_ key: String, default standard: Int) throws(CheckpointError) -> Int {
    guard let size = try child(key) else { return standard }
    let limit = 1 << 14
    if size["longest_edge"] != nil { return try size.extent("longest_edge", upTo: limit) }
    let (height, width) = (
      try size.extent("height", upTo: limit), try size.extent("width", upTo: limit)
    )
    guard height == width else { throw size.error("height", "is \(height), width \(width)") }
    return height
  }
}
