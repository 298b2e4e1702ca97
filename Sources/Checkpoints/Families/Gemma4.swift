import Plan

/// Gemma 4 (E2B, E4B): pictures that fill a budget of tokens, patches averaged, a decoder whose layers have embeddings of their
/// own, and whose last layers share keys and values.
struct Gemma4: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: Gemma4Tower
  private let decoder: DecoderConfig

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(try config.child("text_config"), parent: config, kinds: [.gemma4])
    let text = try checkpoint.text(of: decoder, imageToken: "image_token_id", default: 258_880)
    tower = try Gemma4Tower(try config.child("vision_config"), parent: config)
    var projector = ProjectorModel()
    (projector.merge, projector.pools, projector.standardizes) = (tower.merge, true, true)
    (projector.norm, projector.normEpsilon, projector.bias) = (.rmsNorm, tower.model.normEpsilon, false)
    model = ModelDescription(family: "gemma4", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.budget(model)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let prefix = builder.prefix(
      ["model.vision_tower.", "vision_tower."], having: "patch_embedder.input_proj.weight")
    try tower.addTensors(&builder, prefix: prefix, image: image)
    let (input, output) = (model.vision.width, model.text.width)
    // Means of patches are scaled by the root of the width before they are standardized.
    let root = Float(input).squareRoot()
    if tower.standardizes {
      let scale = try builder.take(prefix + "std_scale", [input])
      let bias = try builder.take(prefix + "std_bias", [input])
      builder.add("projector/feature_scale", .affine(scale, offset: 0, factor: root))
      builder.add("projector/feature_offset", .product(scale, bias, factor: -1))
    } else {
      builder.add("projector/feature_scale", .values(Array(repeating: root, count: input)))
      builder.add("projector/feature_offset", .values(Array(repeating: 0, count: input)))
    }
    builder.add("projector/norm", .values(Array(repeating: 1, count: input)))
    let embedder = builder.prefix(
      ["model.embed_vision.", "embed_vision."], having: "embedding_projection.weight")
    try builder.copy("projector/linear_1", embedder + "embedding_projection.weight", [output, input])
    let language = builder.decoderPrefix()
    try builder.addDecoder(decoder, prefix: language, heads: RecipeBuilder.heads, names: .gemma4)
    let text = model.text
    try builder.refuseUnused { name in
      let isSound = ["audio_tower.", "embed_audio."].contains { part in
        name.hasPrefix(part) || name.hasPrefix("model." + part)
      }
      return RecipeBuilder.isBuffer(name) || isSound || text.isUselessInSharing(name, under: language)
    }
  }
}

extension TextModel {
  /// Whether a tensor is a projection to keys or values, or their norm, of a layer that reads those of another one.
  fileprivate func isUselessInSharing(_ name: String, under prefix: String) -> Bool {
    guard name.hasPrefix(prefix + "layers.") else { return false }
    let rest = name.dropFirst((prefix + "layers.").count)
    guard let layer = Int(rest.prefix { $0 != "." }), (sharingStart..<layers).contains(layer) else {
      return false
    }
    return ["k_proj.", "v_proj.", "k_norm.", "v_norm."].contains { part in
      rest.hasPrefix("\(layer).self_attn.\(part)")
    }
  }
}

extension ProcessorSettings {
  /// `Gemma4ImageProcessor`: as many pixels as make no more tokens than a budget.
  fileprivate func budget(_ model: ModelDescription) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["Gemma4"])
    var result = try preprocessing(ImageDefaults(mean: [0, 0, 0], deviation: [1, 1, 1]), normalizes: false)
    let (patchSize, merge) = (model.vision.patchSize, model.projector.merge)
    for (key, standard, expected) in [("patch_size", 16, patchSize), ("pooling_kernel_size", 3, merge)] {
      try image.demandExtent(key, expected, of: "the tower's", default: standard)
    }
    let tokens = try image.extent("max_soft_tokens", default: 280)
    let budgets = [70, 140, 280, 560, 1120]
    guard budgets.contains(tokens) else {
      throw image.error(
        "max_soft_tokens", "is \(tokens), supported are \(budgets.map(String.init).joined(separator: ", "))")
    }
    var native = NativeResolution()
    native.unit = patchSize * merge
    (native.minimumPixels, native.maximumPixels) = (1, tokens * native.unit * native.unit)
    native.rule = .filling
    guard native.longestFilling * merge <= model.vision.positionAxis else {
      throw image.error(
        "max_soft_tokens",
        "is \(tokens), for which the tower has too few positions, \(model.vision.positionAxis)")
    }
    result.tiling = .native(native)
    result.markup.alone = "<|image>"
    result.markup.closing = "<image|>"
    return result
  }
}
