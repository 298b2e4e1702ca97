import Plan

/// CLIP's and SigLIP's vision transformers, SigLIP 2's and MiniCPM-V's of any size, and the SigLIP variant of Idefics3: the same
/// layers with different ends.
struct ClipTower {
  private(set) var model: VisionModel
  /// Layers of the checkpoint; those after `model.layers` are never read.
  private let allLayers: Int
  private let kind: Kind

  enum Kind: String, CaseIterable {
    case clip = "clip_vision_model"
    case siglip = "siglip_vision_model"
    case siglip2 = "siglip2_vision_model"
    case idefics3 = "idefics3_vision"
    case smolvlm = "smolvlm_vision"
    case minicpm = "minicpmv4_6_vision"
  }

  /// Reads a `vision_config`; `standard` has the values of the family where there is no config at all.
  init(
    _ own: Settings?, parent: Settings, kinds: [Kind], standard: VisionDefaults?
  ) throws(CheckpointError) {
    let config = own ?? parent.blank("vision_config")
    let name = try config.text("model_type", default: kinds[0].rawValue)
    // Checkpoints of the first Idefics3 release name the whole model there.
    guard let kind = kinds.first(where: { $0.rawValue == name || $0.rawValue == name + "_vision" }) else {
      let known = kinds.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw config.error("model_type", "is \"\(name)\", supported is \(known)")
    }
    self.kind = kind
    let defaults = own == nil ? standard ?? VisionDefaults(kind) : VisionDefaults(kind)
    try config.demandInteger("num_channels", 3)
    var vision = VisionModel()
    vision.width = try config.extent("hidden_size", default: defaults.width)
    vision.heads = try config.extent("num_attention_heads", default: defaults.heads)
    vision.feedForwardWidth = try config.extent("intermediate_size", default: defaults.feedForwardWidth)
    vision.patchSize = try config.side("patch_size", default: defaults.patchSize)
    if kind == .siglip2 {
      vision.positionGrid = try config.root("num_patches", default: 256)
      (vision.positions, vision.positionResize) = (.none, .antialiased)
    } else {
      vision.imageSize = try config.side("image_size", default: defaults.imageSize)
      try config.demandPatches(of: vision.patchSize, in: vision.imageSize)
    }
    if kind == .minicpm {
      (vision.positionGrid, vision.imageSize) = (vision.imageSize / vision.patchSize, 0)
      (vision.positions, vision.positionResize) = (.none, .nearest)
    }
    vision.normEpsilon = try config.real("layer_norm_eps", default: defaults.normEpsilon)
    vision.activation = try config.activation("hidden_act", default: defaults.activation)
    vision.classToken = kind == .clip
    vision.inputNorm = kind == .clip
    vision.dropsFirstToken = false
    allLayers = try config.extent("num_hidden_layers", default: defaults.layers, upTo: Settings.layerLimit)
    vision.layers = allLayers
    vision.featureLayers = [allLayers]
    model = vision
  }

  /// Reads `vision_feature_layer` and `vision_feature_select_strategy`, as the LLaVA families have them.
  mutating func selectFeatures(
    _ parent: Settings, layer: Int, strategy: String
  ) throws(CheckpointError) {
    model.featureLayers = try parent.featureLayers(default: layer, of: allLayers)
    model.layers = model.featureLayers.max() ?? allLayers
    model.dropsFirstToken = try parent.dropsFirstToken(default: strategy)
  }

  /// Reads the outputs of some layers: one for the projector, the others for layers of the decoder (Granite Vision 4).
  mutating func selectFeatures(
    _ parent: Settings, own: Int, deep: [Int], strategy: String
  ) throws(CheckpointError) {
    (model.featureLayers, model.deepLayers) = ([own], deep)
    model.layers = max(own, deep.max() ?? own)
    model.dropsFirstToken = try parent.dropsFirstToken(default: strategy)
  }

  /// The last rows, behind the last norm (Idefics3).
  mutating func takeNormedOutput() { model.outputNorm = true }

  /// A merger behind one of the layers (MiniCPM-V).
  mutating func insert(_ merger: TowerMergerModel) { model.merger = merger }

  /// Makes the tower take tiles of another side, whose places share the learned positions (Idefics3).
  mutating func resize(to side: Int) { model.imageSize = side }
}

extension ClipTower {
  /// What is in the checkpoint under `prefix`; `positions` are the rows of the learned positions that the tiles use.
  func addTensors(
    _ builder: inout RecipeBuilder, prefix: String, image: ImagePreprocessing, storedGrid: Int,
    positions: [Int]? = nil
  ) throws(CheckpointError) {
    let (width, hidden, patch) = (model.width, model.feedForwardWidth, model.patchSize)
    let patches = try builder.take(
      prefix + "embeddings.patch_embedding.weight",
      kind == .siglip2 ? [width, model.patchElements] : [width, 3, patch, patch])
    let bias = kind == .clip ? nil : try builder.take(prefix + "embeddings.patch_embedding.bias", [width])
    builder.add("vision/patch_embedding", .foldedPatches(patches, image))
    builder.add("vision/patch_bias", .foldedBias(patches, bias, image))
    if model.classToken {
      try builder.copy("vision/class_embedding", prefix + "embeddings.class_embedding", [width])
    }
    let stored = storedGrid * storedGrid + (model.classToken ? 1 : 0)
    let table = try builder.take(prefix + "embeddings.position_embedding.weight", [stored, width])
    if model.positionGrid > 0 {
      builder.add("vision/position_table", .stacked([table]))
    } else {
      builder.add("vision/position_embedding", .rows([(table, positions ?? Array(0..<stored))]))
    }
    if model.inputNorm {
      // The misspelling is that of the model's authors.
      try builder.copyNorm("vision/input_norm", prefix + "pre_layrnorm", width)
    }
    if model.outputNorm { try builder.copyNorm("vision/output_norm", prefix + "post_layernorm", width) }
    for layer in 0..<model.layers {
      let source = "\(prefix)encoder.layers.\(layer)."
      func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
      try builder.addClipAttention(source, width, name)
      try builder.copyNorm(name("feed_forward_norm"), source + "layer_norm2", width)
      try builder.copyLinear(name("up"), source + "mlp.fc1", [hidden, width])
      try builder.copyLinear(name("down"), source + "mlp.fc2", [width, hidden])
    }
    if model.merger.layer > 0 { try addMerger(&builder, prefix + "vit_merger.") }
  }

  private func addMerger(_ builder: inout RecipeBuilder, _ source: String) throws(CheckpointError) {
    let (name, width, merged) = (VisionModel.mergerWeight, model.width, model.mergedWidth)
    try builder.addClipAttention(source, width, name)
    try builder.copyNorm(name("norm"), source + "pre_norm", merged)
    let inner = model.merger.feedForwardWidth
    try builder.copyLinear(name("up"), source + "linear_1", [inner, merged])
    try builder.copyLinear(name("down"), source + "linear_2", [width, inner])
  }

  /// Whether a tensor under the tower's prefix is one that the chosen features do not need.
  func isUseless(_ rest: Substring) -> Bool {
    if rest.hasPrefix("post_layernorm.") { return !model.outputNorm }
    if rest.hasPrefix("head.") { return kind != .clip }
    if rest.hasPrefix("vit_merger.") { return kind == .minicpm && model.merger.layer == 0 }
    return rest.isOfLayer(behind: "encoder.layers.", in: model.layers..<max(model.layers, allLayers))
  }
}

extension RecipeBuilder {
  /// Attention and the norm before it, which have the same names wherever they stand.
  fileprivate mutating func addClipAttention(
    _ source: String, _ width: Int, _ name: (String) -> String
  ) throws(CheckpointError) {
    let parts = ["q_proj", "k_proj", "v_proj"].map { "\(source)self_attn.\($0)" }
    try stack(name("qkv"), parts.map { ($0 + ".weight", [width, width]) })
    try stack(name("qkv_bias"), parts.map { ($0 + ".bias", [width]) })
    try copyNorm(name("attention_norm"), source + "layer_norm1", width)
    try copyLinear(name("attention_output"), source + "self_attn.out_proj", [width, width])
  }
}

/// What holds where a `vision_config` is silent.
struct VisionDefaults {
  var width = 1152
  var heads = 16
  var feedForwardWidth = 3072
  var imageSize = 224
  var patchSize = 32
  var layers = 12
  var normEpsilon = 1e-6
  var activation = "gelu_pytorch_tanh"

  init(_ kind: ClipTower.Kind) {
    switch kind {
    case .clip:
      (width, heads, normEpsilon, activation) = (768, 12, 1e-5, "quick_gelu")
    case .siglip, .siglip2, .minicpm: (width, heads, patchSize) = (768, 12, 16)
    case .idefics3, .smolvlm: break
    }
  }

  /// CLIP ViT-L/14 at 336 pixels: what LLaVA has without a `vision_config`.
  static var clipLarge: Self {
    var defaults = Self(.clip)
    (defaults.width, defaults.heads, defaults.feedForwardWidth) = (1024, 16, 4096)
    (defaults.imageSize, defaults.patchSize, defaults.layers) = (336, 14, 24)
    return defaults
  }

  /// SigLIP so400m/14 at 384 pixels, one layer short: what LLaVA-OneVision has without a `vision_config`.
  static var siglipLarge: Self {
    var defaults = Self(.siglip)
    (defaults.width, defaults.heads, defaults.feedForwardWidth) = (1152, 16, 4304)
    (defaults.imageSize, defaults.patchSize, defaults.layers) = (384, 14, 26)
    return defaults
  }
}
