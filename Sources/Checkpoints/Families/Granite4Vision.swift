import JSONReading
import Plan

/// Granite Vision 4: tiles as LLaVA-NeXT has them, a SigLIP tower, querying transformers over windows of patches, whose tokens
/// are added before several layers of a Granite decoder.
struct Granite4Vision: ModelFamily {
  let model: ModelDescription
  let image: ImagePreprocessing
  private let tower: ClipTower
  private let decoder: DecoderConfig
  /// What is added before layers of the decoder, the one before the first layer first.
  private let injections: [Injection]

  /// Tokens that one projector makes of a layer of the tower.
  private struct Injection {
    /// Prefix of the projector's tensors, below that of the model.
    let projector: String
    /// Index into the tower's hidden states.
    let boundary: Int
    /// The layer of the decoder.
    let target: Int
    /// 0 for the mean of a token's patches, 1 to 4 for one of them.
    let start: Int
  }

  init(_ checkpoint: CheckpointSettings) throws(CheckpointError) {
    let config = checkpoint.config
    decoder = try DecoderConfig(try config.child("text_config"), parent: config, kinds: [.granite4])
    let text = try checkpoint.text(
      of: decoder, imageToken: "image_token_index", "image_token_id", default: 32000)
    var tower = try ClipTower(
      try config.child("vision_config"), parent: config, kinds: [.siglip, .clip], standard: nil)
    injections = try Self.injections(config, towerLayers: tower.model.layers, textLayers: text.layers)
    let deep = injections.dropFirst()
    try tower.selectFeatures(
      config, own: injections[0].boundary, deep: deep.map(\.boundary), strategy: "default")
    guard tower.model.classToken == tower.model.dropsFirstToken else {
      throw config.error(
        "vision_feature_select_strategy", "leaves tokens of a tile that are no square of patches")
    }
    var projector = ProjectorModel()
    (projector.merge, projector.pools, projector.newline) = (QFormerModel.merge, true, true)
    (projector.norm, projector.normsPatches, projector.normEpsilon) = (.layerNorm, true, 1e-6)
    projector.deepTargets = deep.map { $0.target - 1 }
    projector.qformer = try config.qformer(tower.model)
    projector.qformer.starts = injections.map(\.start)
    self.tower = tower
    model = ModelDescription(family: "granite4_vision", text: text, vision: tower.model, projector: projector)
    image = try checkpoint.processor.anyResolution(config, isOneVision: false)
  }

  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError) {
    let towerPrefix = builder.prefix(of: "vision_tower", having: "embeddings.patch_embedding.weight")
    try tower.addTensors(&builder, prefix: towerPrefix, image: image, storedGrid: model.vision.grid)
    let prefix = builder.prefix(["model.", ""], having: "image_newline")
    for (place, injection) in injections.enumerated() {
      try builder.addQFormer(model, prefix + injection.projector) { part in
        place == 0 ? "projector/\(part)" : ProjectorModel.deepWeight(place - 1, part)
      }
    }
    try builder.copy("projector/newline", prefix + "image_newline", [model.text.width])
    try builder.addDecoder(decoder, prefix: builder.decoderPrefix(), heads: RecipeBuilder.heads)
    try builder.refuseUnused(under: towerPrefix, except: tower.isUseless)
  }

  /// `deepstack_layer_map` and `spatial_target_layers`: which layers of the tower are added before which of the decoder.
  private static func injections(
    _ config: Settings, towerLayers: Int, textLayers: Int
  ) throws(CheckpointError) -> [Injection] {
    var all: [Injection] = []
    let key = "deepstack_layer_map"
    for (index, pair) in try config.array(key).enumerated() {
      guard case .array(let values) = pair, values.count == 2, case .integer(let layer) = values[0],
        case .integer(let target) = values[1]
      else { throw config.error(key, "has \(pair.summary), expected pairs of layers") }
      let boundary = try config.boundary(layer, key, of: towerLayers)
      all.append(
        Injection(
          projector: "layerwise_projectors.\(index).", boundary: boundary, target: target, start: 0))
    }
    let spatial = "spatial_vision_layer"
    let boundary = try config.boundary(try config.integer(spatial, default: -1), spatial, of: towerLayers)
    let targets = try config.integers("spatial_target_layers") ?? [12, 15, 18, 21]
    guard targets.count == 4 else {
      throw config.error("spatial_target_layers", "has \(targets.count) layers, expected 4")
    }
    for (index, target) in targets.enumerated() {
      all.append(
        Injection(
          projector: "spatial_projectors.\(index).", boundary: boundary, target: target, start: index + 1))
    }
    guard all.count <= 64 else { throw config.error(key, "has \(all.count - 4) pairs, expected 60 at most") }
    for injection in all where !(0..<textLayers).contains(injection.target) {
      throw config.error(
        injection.start == 0 ? key : "spatial_target_layers",
        "has layer \(injection.target), the decoder has \(textLayers)")
    }
    guard Set(all.map(\.target)).count == all.count else {
      throw config.error("spatial_target_layers", "and \(key) name a layer of the decoder twice")
    }
    // Without one before the first layer, visual tokens would enter it as rows of nothing.
    guard let first = all.firstIndex(where: { $0.target == 0 }) else {
      throw config.error(key, "has no layer 0 of the decoder, before which pictures must be added")
    }
    all.swapAt(0, first)
    return all
  }
}

extension Settings {
  /// `downsample_rate` and `qformer_config`.
  fileprivate func qformer(_ vision: VisionModel) throws(CheckpointError) -> QFormerModel {
    var former = QFormerModel()
    let rate = try text("downsample_rate", default: "")
    let sides = rate.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let query = sides[0], let window = sides[1], (1...32).contains(query),
      window == 2 * query
    else {
      throw error("downsample_rate", "is \"\(rate)\", supported are halves, such as \"4/8\", up to \"32/64\"")
    }
    guard vision.grid % window == 0 else {
      throw error("downsample_rate", "is \"\(rate)\" for \(vision.grid) patches along a side")
    }
    former.window = window
    former.heads = vision.width / 64
    guard former.heads > 0, vision.width % former.heads == 0 else {
      throw error("vision_config", "has a hidden_size of \(vision.width), which has no heads of about 64")
    }
    let child = try child("qformer_config")
    let config = child ?? blank("qformer_config")
    former.layers = try config.extent(
      "num_hidden_layers", default: child == nil ? 1 : 12, upTo: Settings.layerLimit)
    if former.layers > 1 { try config.demandInteger("cross_attention_frequency", 1) }
    try config.demand("use_qformer_text_input", false)
    former.feedForwardWidth = try config.extent("intermediate_size", default: 3072)
    former.activation = try config.activation("hidden_act", default: "gelu")
    former.normEpsilon = try config.real("layer_norm_eps", default: 1e-12)
    return former
  }
}

extension RecipeBuilder {
  /// A projector whose tensors' names start with `source`.
  fileprivate mutating func addQFormer(
    _ model: ModelDescription, _ source: String, _ name: (String) -> String
  ) throws(CheckpointError) {
    let (former, width) = (model.projector.qformer, model.vision.width)
    try copyNorm(name("norm"), source + "norm", width)
    try copy(name("qformer/queries"), source + "query", [1, former.tokens, width])
    try copy(name("qformer/positions"), source + "image_positions", [1, former.patches, width])
    try copyNorm(name("qformer/norm"), source + "qformer.layernorm", width)
    for layer in 0..<former.layers {
      let own = "\(source)qformer.encoder.layer.\(layer)."
      func part(_ part: String) -> String { name(QFormerModel.layerWeight(layer, part)) }
      func stackLinear(_ weight: String, _ source: String, _ parts: [String]) throws(CheckpointError) {
        let names = parts.map { "\(source).attention.\($0)" }
        try stack(weight, names.map { ($0 + ".weight", [width, width]) })
        try stack(weight + "_bias", names.map { ($0 + ".bias", [width]) })
      }
      try stackLinear(part("qkv"), own + "attention", ["query", "key", "value"])
      try copyLinear(part("attention_output"), own + "attention.output.dense", [width, width])
      try copyNorm(part("attention_norm"), own + "attention.output.LayerNorm", width)
      try stackLinear(part("cross_query"), own + "crossattention", ["query"])
      try stackLinear(part("cross_entries"), own + "crossattention", ["key", "value"])
      try copyLinear(part("cross_output"), own + "crossattention.output.dense", [width, width])
      try copyNorm(part("cross_norm"), own + "crossattention.output.LayerNorm", width)
      try copyLinear(part("up"), own + "intermediate_query.dense", [former.feedForwardWidth, width])
      try copyLinear(part("down"), own + "output_query.dense", [width, former.feedForwardWidth])
      try copyNorm(part("feed_forward_norm"), own + "output_query.LayerNorm", width)
    }
    try copyLinear(name("linear_1"), source + "out_linear", [model.text.width, width])
  }
}
