import Plan

/// The tower of Qwen3-VL and Qwen3.5: LayerNorm, plain FFN, rotary positions beside a table of learned ones, and rows of some layers
/// that the decoder gets behind its first layers.
struct Qwen3Tower {
  let model: VisionModel
  /// Patches along each side that the mergers join.
  let merge: Int
  /// Frames of a patch.
  let frames: Int
  /// Width of what the mergers give.
  let outputWidth: Int
  private let frequencies: [Float]
  /// Numbers of the mergers of deep layers, by the order of these layers.
  private let deepMergers: [Int]

  /// Reads a tower; without `isDeep` (Qwen3.5) the decoder gets nothing but the last layer's rows.
  init(_ own: Settings?, parent: Settings, isDeep: Bool = true) throws(CheckpointError) {
    let config = own ?? parent.blank("vision_config")
    try config.demandInteger("in_channels", 3)
    var vision = VisionModel()
    vision.layers = try config.extent("depth", default: try config.extent("num_hidden_layers", default: 27))
    vision.heads = try config.extent(
      "num_heads", default: try config.extent("num_attention_heads", default: 16))
    vision.width = try config.extent("hidden_size", default: 1152)
    vision.feedForwardWidth = try config.extent("intermediate_size", default: 4304)
    vision.activation = try config.activation("hidden_act", default: "gelu_pytorch_tanh")
    vision.featureLayers = [vision.layers]
    vision.patchSize = try config.side("patch_size", default: 16)
    merge = try config.extent("spatial_merge_size", default: 2)
    frames = try config.side("temporal_patch_size", default: 2)
    outputWidth = try config.extent("out_hidden_size", default: 3584)
    vision.positions = .rotary
    vision.normEpsilon = 1e-6
    (vision.inputNorm, vision.classToken, vision.dropsFirstToken) = (false, false, false)
    vision.positionGrid = try config.root("num_position_embeddings", default: 2304)
    guard vision.width % vision.heads == 0 else {
      throw config.error("num_heads", "is \(vision.heads) for a width of \(vision.width)")
    }
    let deep = isDeep ? try config.integers("deepstack_visual_indexes") ?? [8, 16, 24] : []
    guard Set(deep).count == deep.count, deep.allSatisfy({ (0..<vision.layers).contains($0) }) else {
      throw config.error("deepstack_visual_indexes", "is \(deep) for \(vision.layers) layers")
    }
    deepMergers = deep.indices.sorted { deep[$0] < deep[$1] }
    // A boundary is the output of so many layers.
    vision.deepLayers = deep.sorted().map { $0 + 1 }
    frequencies = try QwenTower.frequencies(config, headWidth: vision.width / vision.heads)
    model = vision
  }

  func addTensors(
    _ builder: inout RecipeBuilder, prefix: String, image: ImagePreprocessing
  ) throws(CheckpointError) {
    let (width, hidden, patch, grid) = (
      model.width, model.feedForwardWidth, model.patchSize, model.positionGrid
    )
    let patches = try builder.take(prefix + "patch_embed.proj.weight", [width, 3, frames, patch, patch])
    let bias = try builder.take(prefix + "patch_embed.proj.bias", [width])
    builder.add("vision/patch_embedding", .foldedPatches(patches, image))
    builder.add("vision/patch_bias", .foldedBias(patches, bias, image))
    try builder.copy("vision/position_table", prefix + "pos_embed.weight", [grid * grid, width])
    builder.add("vision/rope_inverse_frequencies", .values(frequencies))
    for layer in 0..<model.layers {
      let source = "\(prefix)blocks.\(layer)."
      func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
      try builder.addQwenAttention(model, layer: layer, source)
      try builder.copyLinear(name("up"), source + "mlp.linear_fc1", [hidden, width])
      try builder.copyLinear(name("down"), source + "mlp.linear_fc2", [width, hidden])
    }
  }

  /// The merger of the last layer's rows, and those of deep layers.
  func addMergers(_ builder: inout RecipeBuilder, prefix: String) throws(CheckpointError) {
    let merged = model.width * merge * merge
    func add(_ source: String, norm: Int, _ name: (String) -> String) throws(CheckpointError) {
      try builder.copyNorm(name("norm"), source + ".norm", norm)
      try builder.copyLinear(name("linear_1"), source + ".linear_fc1", [merged, merged])
      try builder.copyLinear(name("linear_2"), source + ".linear_fc2", [outputWidth, merged])
    }
    try add(prefix + "merger", norm: model.width) { "projector/\($0)" }
    for (index, merger) in deepMergers.enumerated() {
      try add("\(prefix)deepstack_merger_list.\(merger)", norm: merged) {
        ProjectorModel.deepWeight(index, $0)
      }
    }
  }
}
