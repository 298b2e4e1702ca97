import TinyPlans

@testable import Plan
@testable import PlanFile
@testable import PlanWriting

/// A plan as its file holds it, with the options that set it apart from the smallest plan.
struct PlanVariant: Sendable {
  /// The options, as the document names them.
  var options: [String]
  /// What a reader finds in the file.
  var tree: PlanTree

  /// Writes the plan and walks over its file.
  init(_ options: [String], _ change: (inout PlanContents) -> Void) throws {
    var contents = Self.smallest
    change(&contents)
    let scratch = Scratch()
    try PlanWriter.write(contents, weights: CountingWeights(), to: scratch.file())
    tree = try PlanTree(contentsOf: scratch.file())
    self.options = options
  }
}

// MARK: Sizes

/// Extents that can be told apart, with the names that the document gives them.
enum Extents {
  static let named: [(extent: Int, name: String)] = [
    (7, "L"), (40, "d"), (14, "dh"), (84, "H dh"), (168, "(H + 2 Hkv) dh"), (3, "Hkv"), (31, "m"),
    (62, "2 m"), (70, "V"), (120, "3 d"), (8, "taps"),
    (252, "(2 H + 2 Hkv) dh"), (32, "delta_value_heads"), (64, "2 delta_value_heads"),
    (15, "delta_value_width"), (480, "delta_value_heads delta_value_width"), (616, "channels"),
    (1096, "channels + delta_value_heads delta_value_width"),
    (5, "rotary_width / 2"), (48, "dv"), (144, "3 dv"), (29, "mv"), (58, "2 mv"), (588, "3 p p"),
    (6, "dv / (4 hv)"), (16, "patches"), (17, "patches + 1"), (96, "f"), (384, "merge merge f"), (33, "h"),
    (13, "N"), (20, "tokens"), (21, "tokens + 1"), (smallest.tokenizer.tokens.joined().count, "bytes"),
    (25, "merges"), (18, "added"), (19, "steps"), (9, "runs"), (12, "segments"), (23, "pictures"),
    (24, "pictures"), (26, "candidates"), (27, "candidates"),
    (28, "candidates"), (121, "position_grid position_grid"), (192, "merge merge dv"), (2, "Lv"),
    (10, "products"), (11, "products + 1"), (44, "dhw"), (264, "H dhw"), (528, "(H + 2 Hkv) dhw"),
    (22, "dhw / 2"), (37, "ms"), (74, "2 ms"), (43, "P"), (301, "L P"), (72, "VP"), (50, "position_axis"),
    (45, "merger_width"), (51, "qformer_width"), (4, "qformer_window qformer_window / 4"),
    (768, "merger_side merger_side dv"),
  ]

  private static let smallest = PlanVariant.smallest

  /// What stands for an extent without a name.
  static let unknown = "UNKNOWN"

  /// Extents of a tensor, which may have names of their own there.
  static func names(of extents: [Int], in dataset: String) -> [String] {
    extents.map { extent in
      if dataset == "clips" { return "\(extent)" }
      if extent == 24, dataset.hasSuffix("_norm") { return "dv / hv" }
      if extent == 96, dataset.hasPrefix("cross_entries") { return "2 dv" }
      if extent == 16, dataset == "positions" { return "qformer_window qformer_window" }
      return name(of: extent)
    }
  }

  private static func name(of extent: Int) -> String {
    named.first { $0.extent == extent }?.name ?? "\(unknown) \(extent)"
  }
}

extension PlanVariant {
  /// A plan with no option on, of sizes that `Extents` knows.
  static var smallest: PlanContents {
    var contents = TinyPlan.contents()
    (contents.calibration, contents.points) = (nil, [.dense])
    var text = TinyPlan.model.text
    (text.layers, text.width, text.queryHeads, text.keyValueHeads, text.headWidth) = (7, 40, 6, 3, 14)
    (text.feedForwardWidth, text.vocabulary, text.rotary.width, text.tiedHead) = (31, 70, 10, true)
    var vision = TinyPlan.model.vision
    (vision.width, vision.heads, vision.feedForwardWidth) = (48, 2, 29)
    (vision.imageSize, vision.patchSize, vision.featureLayers) = (56, 14, [1, 2])
    (vision.norm, vision.positions) = (.rmsNorm, .none)
    (vision.attentionBias, vision.inputNorm) = (false, false)
    (vision.classToken, vision.dropsFirstToken) = (false, false)
    var projector = TinyPlan.model.projector
    (projector.merge, projector.hiddenWidth, projector.bias) = (2, 0, false)
    contents.model = ModelDescription(family: "llava", text: text, vision: vision, projector: projector)
    contents.image.tiling = .single(tile)
    var tokenizer = contents.tokenizer
    tokenizer.splitting = Array(repeating: .words, count: 18)
    tokenizer.tokens = (0..<18).map { Array("token \($0)".utf8) } + ["a", "aa"].map { Array($0.utf8) }
    tokenizer.merges = Array(repeating: .init(left: 18, right: 18, result: 19), count: 25)
    tokenizer.addedTokens = (0..<18).map { .init(id: $0, content: "token \($0)") }
    contents.tokenizer = tokenizer
    return contents
  }

  private static var tile: TileShape {
    var tile = TileShape()
    tile.side = 56
    return tile
  }

  private static var calibration: CalibrationRecord {
    var record = TinyPlan.calibration
    let layers = 0..<Int32(7)
    var rankings = LayerRankings()
    (rankings.feedForward, rankings.attention) = (Array(layers), Array(layers))
    rankings.feedForwardDivergence = layers.map(Double.init)
    rankings.attentionDivergence = rankings.feedForwardDivergence
    rankings.leading = LeadingNeurons(
      order: layers.flatMap { _ in Array(0..<Int32(31)) }, share: 0.25, divergence: 0.5)
    record.layerReduction = rankings
    var profile = RetentionProfile()
    profile.visionAttentionMean = layers.map { _ in 0.5 }
    profile.visionAttentionDeviation = profile.visionAttentionMean
    profile.visionAttentionByHead = Array(repeating: 0.5, count: 7 * 3)
    profile.retention = profile.visionAttentionMean
    profile.layerClass = layers.map { _ in 1 }
    profile.answers = AnswerAttention(tokens: 13, values: Array(repeating: 0.5, count: 7 * 3 * 13))
    profile.candidates = Array(
      repeating: RetentionCandidate(
        ranking: .even, evenShare: 0, rate: 0.5, divergence: 0.1, longAnswerDivergence: 0.2), count: 26)
    record.cacheRetention = profile
    let candidates = record.tokenPruning?.candidates ?? []
    record.tokenPruning?.candidates = (0..<27).map { candidates[$0 % candidates.count] }
    record.horizon?.divergence = rankings.feedForwardDivergence
    func repeated<Settings>(_ settings: Settings) -> HarmProfile<Settings> {
      TinyPlan.harm(Array(repeating: settings, count: 28))
    }
    record.resolution = repeated(Resolution(.tiles, 0))
    record.tileSelection = repeated(TileSelection(threshold: 1))
    record.patchSelection = nil
    record.contrastSelection = repeated(ContrastSelection(threshold: 1))
    record.towerPruning = repeated(TowerPruning(rule: .diverse, keepRatio: 0.5, layer: 1))
    record.towerDepth = repeated(TowerDepth(skippedLayers: 1))
    record.towerReduction?.order = (0..<2).flatMap { _ in Array(0..<Int32(29)) }
    record.narrowProducts?.products = Array(repeating: .init(name: "text/qkv"), count: 10)
    record.provenance.pictures = Array(repeating: String(repeating: "01", count: 32), count: 23)
    record.provenance.validationPictures = Array(repeating: String(repeating: "23", count: 32), count: 24)
    return record
  }
}

// MARK: Options

extension PlanVariant {
  /// The smallest plan, then plans with each option that adds something to a file, on its own where it can be.
  static func all() throws -> [PlanVariant] { try written.get() }

  private static let written = Result { try text() + vision() + projector() + image() + found() }

  private static func text() throws -> [PlanVariant] {
    [
      try PlanVariant([]) { _ in },
      try PlanVariant(["panels"]) { $0.weightFormat = .bfloat16 },
      try PlanVariant(["no `tied_head`"]) { $0.model.text.tiedHead = false },
      try PlanVariant(["`attention_bias`"]) { $0.model.text.attentionBias = true },
      try PlanVariant(["`attention_output_bias`"]) { $0.model.text.attentionOutputBias = true },
      try PlanVariant(["`feed_forward_bias`"]) { $0.model.text.feedForwardBias = true },
      try PlanVariant(["`head_norm`"]) { $0.model.text.headNorm = true },
      try PlanVariant(["`rotary_interleaved`"]) {
        ($0.model.text.rotary.sections, $0.model.text.rotary.interleavesSections) = ([1, 2, 2], true)
      },
      try PlanVariant(["`embedding_scale`"]) { $0.model.text.embeddingScale = 2 },
      try PlanVariant(["`picture_scale`"]) { $0.model.text.pictureScale = 2 },
      try PlanVariant(["`residual_scale`"]) { $0.model.text.residualScale = 0.5 },
      try PlanVariant(["`output_norms`"]) { $0.model.text.outputNorms = true },
      try PlanVariant(["`picture_attention`"]) { $0.model.text.pictureAttention = .whole },
      try PlanVariant(["`window_layers`"]) {
        ($0.model.text.windowLayers, $0.model.text.window) = ([2, 3], 512)
      },
      try PlanVariant(["`window_layers`", "`window_head_width`"]) {
        ($0.model.text.windowLayers, $0.model.text.windowHeadWidth) = ([2, 3], 44)
      },
      try PlanVariant(["`window_layers`", "`window_head_width`", "`head_norm`"]) {
        ($0.model.text.windowLayers, $0.model.text.windowHeadWidth) = ([2, 3], 44)
        $0.model.text.headNorm = true
      },
      try PlanVariant(["`sharing_layers`"]) { $0.model.text.sharingLayers = 2 },
      try PlanVariant(["`sharing_layers`", "`sharing_feed_forward_width`"]) {
        ($0.model.text.sharingLayers, $0.model.text.sharingFeedForwardWidth) = (2, 37)
      },
      try PlanVariant(["`layer_embedding_width`"]) {
        ($0.model.text.layerEmbeddingWidth, $0.model.text.layerEmbeddingVocabulary) = (43, 72)
      },
      try PlanVariant(["`layer_embedding_width`", "`layer_embedding_visual_token`"]) {
        ($0.model.text.layerEmbeddingWidth, $0.model.text.layerEmbeddingVocabulary) = (43, 72)
        $0.model.text.layerEmbeddingVisualToken = 3
      },
      try PlanVariant(["`value_norm`"]) { $0.model.text.valueNorm = true },
      try PlanVariant(["`score_scale`"]) { $0.model.text.scoreScale = 0.2 },
      try PlanVariant(["`score_cap`"]) { $0.model.text.scoreCap = 50 },
      try PlanVariant(["`query_growth`"]) {
        ($0.model.text.queryGrowth, $0.model.text.queryGrowthLength) = (0.1, 4096)
      },
      try PlanVariant(["`logit_cap`"]) { $0.model.text.logitCap = 30 },
      try PlanVariant(["`layer_scales`"]) { $0.model.text.layerScales = true },
      try PlanVariant(["`attention_gate`"]) { $0.model.text.attentionGate = true },
      try PlanVariant(["`attention_gate`", "`attention_bias`"]) {
        ($0.model.text.attentionGate, $0.model.text.attentionBias) = (true, true)
      },
      try PlanVariant(["`delta_layers`"]) {
        $0.model.text.deltaLayers = [1, 2]
        var delta = DeltaModel()
        (delta.keyHeads, delta.valueHeads, delta.keyWidth, delta.valueWidth, delta.taps) = (2, 32, 34, 15, 8)
        $0.model.text.delta = delta
      },
      try PlanVariant(["`convolution_layers`"]) { convolutions(&$0) },
      try PlanVariant(["`convolution_layers`", "`convolution_bias`"]) {
        convolutions(&$0)
        $0.model.text.convolutionBias = true
      },
    ]
  }

  private static func convolutions(_ contents: inout PlanContents) {
    (contents.model.text.convolutionLayers, contents.model.text.convolutionTaps) = ([1], 8)
  }

  private static func vision() throws -> [PlanVariant] {
    [
      try PlanVariant(["`attention_bias`"]) { $0.model.vision.attentionBias = true },
      try PlanVariant(["`query_key_norm`"]) { $0.model.vision.queryKeyNorm = true },
      try PlanVariant(["`query_key_norm`", "`norms_heads`"]) {
        ($0.model.vision.queryKeyNorm, $0.model.vision.normsHeads) = (true, true)
      },
      try PlanVariant(["`value_norm`"]) { $0.model.vision.valueNorm = true },
      try PlanVariant(["`layer_scale`"]) { $0.model.vision.layerScale = true },
      try PlanVariant(["no `layer_bias`"]) { $0.model.vision.layerBias = false },
      try PlanVariant(["`output_norms`"]) { $0.model.vision.outputNorms = true },
      try PlanVariant(["`output_norms`", "`norm` layer_norm"]) {
        ($0.model.vision.outputNorms, $0.model.vision.norm) = (true, .layerNorm)
      },
      try PlanVariant(["`gated_feed_forward`", "`clips_products`"]) {
        ($0.model.vision.gatedFeedForward, $0.model.vision.clipsProducts) = (true, true)
      },
      try PlanVariant(["`tiling` native", "`position_axis`"]) {
        native(&$0)
        $0.model.vision.positionAxis = 50
        guard case .native(var native) = $0.image.tiling else { return }
        (native.rule, native.maximumPixels) = (.filling, 15680)
        $0.image.tiling = .native(native)
      },
      try PlanVariant(["`merger_layer`"]) { merger(&$0) },
      try PlanVariant(["`merger_layer`", "`norm` layer_norm"]) {
        merger(&$0)
        $0.model.vision.norm = .layerNorm
      },
      try PlanVariant(["`merger_layer`", "`attention_bias`"]) {
        merger(&$0)
        $0.model.vision.attentionBias = true
      },
      try PlanVariant(["`merger_layer`", "no `layer_bias`"]) {
        merger(&$0)
        $0.model.vision.layerBias = false
      },
      try PlanVariant(["`input_norm`"]) { $0.model.vision.inputNorm = true },
      try PlanVariant(["`output_norm`"]) { $0.model.vision.outputNorm = true },
      try PlanVariant(["`norm` layer_norm"]) { $0.model.vision.norm = .layerNorm },
      try PlanVariant(["`input_norm`", "`norm` layer_norm"]) {
        ($0.model.vision.norm, $0.model.vision.inputNorm) = (.layerNorm, true)
      },
      try PlanVariant(["`gated_feed_forward`"]) { $0.model.vision.gatedFeedForward = true },
      try PlanVariant(["`class_token`"]) {
        ($0.model.vision.classToken, $0.model.vision.dropsFirstToken) = (true, true)
      },
      try PlanVariant(["`positions` learned"]) { $0.model.vision.positions = .learned },
      try PlanVariant(["`positions` learned", "`class_token`"]) {
        $0.model.vision.positions = .learned
        ($0.model.vision.classToken, $0.model.vision.dropsFirstToken) = (true, true)
      },
      try PlanVariant(["`positions` rotary"]) { $0.model.vision.positions = .rotary },
      try PlanVariant(["`positions` rotary", "`axis_frequencies`"]) {
        ($0.model.vision.positions, $0.model.vision.axisFrequencies) = (.rotary, true)
      },
      try PlanVariant(["`position_grid`"]) { $0.model.vision.positionGrid = 11 },
      try PlanVariant(["`position_grid`", "`position_resize`"]) {
        ($0.model.vision.positionGrid, $0.model.vision.positionResize) = (11, .antialiased)
      },
      try PlanVariant(["`deep_layers`"]) { $0.model.vision.deepLayers = [1] },
      try PlanVariant(["`deep_layers`", "`hidden_width`", "`bias`", "`norm` layer_norm"]) {
        $0.model.vision.deepLayers = [1]
        ($0.model.projector.hiddenWidth, $0.model.projector.bias) = (33, true)
        $0.model.projector.norm = .layerNorm
      },
    ]
  }

  private static func qformer(_ contents: inout PlanContents) {
    var former = QFormerModel()
    (former.window, former.feedForwardWidth, former.starts) = (4, 51, [0])
    (former.layers, former.heads, former.activation, former.normEpsilon) = (2, 3, .silu, 1e-6)
    contents.model.projector.qformer = former
    contents.model.vision.featureLayers = [1]
    (contents.model.projector.norm, contents.model.projector.normsPatches) = (.layerNorm, true)
    contents.model.projector.pools = true
  }

  private static func merger(_ contents: inout PlanContents) {
    (contents.model.vision.merger.layer, contents.model.vision.merger.side) = (1, 4)
    contents.model.vision.merger.feedForwardWidth = 45
    contents.model.vision.merger.activation = .gelu
    contents.model.vision.imageSize = 112
    var tile = tile
    tile.side = 112
    contents.image.tiling = .single(tile)
  }

  private static func projector() throws -> [PlanVariant] {
    [
      try PlanVariant(["`hidden_width`"]) { $0.model.projector.hiddenWidth = 33 },
      try PlanVariant(["`bias`"]) { $0.model.projector.bias = true },
      try PlanVariant(["`hidden_width`", "`bias`"]) {
        ($0.model.projector.hiddenWidth, $0.model.projector.bias) = (33, true)
      },
      try PlanVariant(["`pools`"]) { $0.model.projector.pools = true },
      try PlanVariant(["`norm` rms_norm", "`norms_patches`", "`merger`"]) {
        ($0.model.projector.norm, $0.model.projector.normsPatches) = (.rmsNorm, true)
        $0.model.projector.merger = true
      },
      try PlanVariant(["`standardizes`"]) { $0.model.projector.standardizes = true },
      try PlanVariant(["`newline`"]) { $0.model.projector.newline = true },
      try PlanVariant(["`qformer_window`", "`norm` layer_norm", "`norms_patches`", "`pools`"]) {
        qformer(&$0)
      },
      try PlanVariant([
        "`deep_layers`", "`deep_targets`", "`qformer_window`", "`norm` layer_norm", "`norms_patches`",
        "`pools`",
      ]) {
        qformer(&$0)
        ($0.model.vision.deepLayers, $0.model.projector.deepTargets) = ([1], [1])
        $0.model.projector.qformer.starts = [0, 3]
      },
      try PlanVariant(["`norm` layer_norm"]) { $0.model.projector.norm = .layerNorm },
      try PlanVariant(["`norm` rms_norm"]) { $0.model.projector.norm = .rmsNorm },
      try PlanVariant(["`norm` rms_norm", "`norms_patches`"]) {
        ($0.model.projector.norm, $0.model.projector.normsPatches) = (.rmsNorm, true)
      },
    ]
  }

  private static func image() throws -> [PlanVariant] {
    var anyResolution = AnyResolutionTiling()
    (anyResolution.tile, anyResolution.overview, anyResolution.resolutions) = (tile, [56, 56], [56, 112])
    var canvas = CanvasTiling()
    canvas.side = 56
    var split = SplitTiling()
    split.side = 56
    return [
      try PlanVariant(["`tiling` any_resolution"]) { $0.image.tiling = .anyResolution(anyResolution) },
      try PlanVariant(["`tiling` canvas"]) { $0.image.tiling = .canvas(canvas) },
      try PlanVariant(["`tiling` split"]) { $0.image.tiling = .split(split) },
      try PlanVariant(["`tiling` native"]) { native(&$0) },
      try PlanVariant(["`tiling` native_tiles"]) { contents in
        native(&contents)
        guard case .native(let resolution) = contents.image.tiling else { return }
        var tiling = NativeTiling()
        (tiling.resolution, tiling.side) = (resolution, 56)
        contents.image.tiling = .nativeTiles(tiling)
      },
      try PlanVariant(["`tiling` slices"]) { contents in
        contents.model.vision.imageSize = 0
        var tiling = SliceTiling()
        (tiling.unit, tiling.side) = (28, 448)
        contents.image.tiling = .slices(tiling)
        contents.image.arrangement = .overviewThenTiles
        (contents.image.markup.label, contents.image.markup.afterAlone) = ("{picture}", "a")
        contents.image.markup.afterTile = "b"
      },
      try PlanVariant(["`tiling` crops"]) {
        var tiling = CropTiling()
        tiling.side = 56
        $0.image.tiling = .crops(tiling)
        $0.image.arrangement = .overviewThenTiles
        ($0.image.markup.afterOverview, $0.image.markup.betweenTiles) = ("a", "b")
      },
      try PlanVariant(["`resampler`"]) { $0.image.resampler = .torch },
      try PlanVariant(["`gathers_pairs`"]) { $0.prompt.gathersPairs = true },
      try PlanVariant(["`reply_thoughts`"]) { $0.prompt.replyThoughts = .droppedWithLines },
      try PlanVariant(["`tiling` native", "`rule` longest_edge"]) {
        native(&$0)
        guard case .native(var native) = $0.image.tiling else { return }
        (native.rule, native.longestEdge) = (.longestEdge, 280)
        $0.image.tiling = .native(native)
        $0.image.markup.betweenRows = "a"
      },
    ]
  }

  private static func native(_ contents: inout PlanContents) {
    var native = NativeResolution()
    (native.unit, native.minimumPixels, native.maximumPixels) = (28, 784, 78400)
    contents.model.vision.imageSize = 0
    contents.image.tiling = .native(native)
  }

  private static func found() throws -> [PlanVariant] {
    func settings(
      _ option: String, _ settings: PruningSettings, in tiling: [String] = [],
      _ change: (inout PlanContents) -> Void = { _ in }
    ) throws -> PlanVariant {
      try PlanVariant(tiling + [option]) {
        change(&$0)
        $0.points.append(OperatingPoint(name: "one", settings: settings))
      }
    }
    func picture(
      _ option: String, _ picture: PictureSettings, in tiling: [String] = [],
      _ change: (inout PlanContents) -> Void = { _ in }
    ) throws -> PlanVariant {
      try settings(option, PruningSettings(picture: picture), in: tiling, change)
    }
    var split = SplitTiling()
    (split.side, split.longestEdge) = (56, 112)
    let tiled = { (contents: inout PlanContents) in contents.image.tiling = .split(split) }
    return [
      try PlanVariant(["calibration"]) { $0.calibration = calibration },
      try PlanVariant(["calibration", "`tiling` native"]) {
        native(&$0)
        $0.calibration = calibration
        $0.calibration?.patchSelection = TinyPlan.harm(
          Array(repeating: PatchSelection(tolerance: 0), count: 28))
      },
      try PlanVariant(["tuning"]) { $0.front = [.dense] },
      try PlanVariant(["`measured`"]) {
        var figures = MeasuredFigures()
        (figures.visionSeconds, figures.denseImageSeconds, figures.denseVisualTokens) = (1, 1, 1)
        $0.points[0].figures = figures
      },
      try settings(
        "`token_pruning`",
        PruningSettings(tokenPruning: .init(rule: .stride, keepRatio: 0.5, layer: 1))),
      try settings("`layer_reduction`", PruningSettings(layerReduction: LayerReduction())),
      try settings(
        "`cache_retention`",
        PruningSettings(cacheRetention: .init(rates: Array(repeating: 0.5, count: 7)))),
      try settings("`horizon`", PruningSettings(horizon: Horizon(layer: 3))),
      try picture(
        "`resolution`", .init(resolution: Resolution(.longestEdge, 56)), in: ["`tiling` split"], tiled),
      try picture(
        "`tile_selection`", .init(tileSelection: TileSelection(threshold: 1, keepsMarkup: false)),
        in: ["`tiling` split"], tiled),
      try picture(
        "`patch_selection`", .init(patchSelection: PatchSelection(tolerance: 1)), in: ["`tiling` native"],
        native),
      try picture(
        "`contrast_selection`",
        .init(contrastSelection: ContrastSelection(threshold: 1, margin: 2, spacing: 3))),
      try picture(
        "`tower_pruning`",
        .init(
          towerPruning: TowerPruning(
            rule: .diverse, keepRatio: 0.5, layer: 1, merges: false, putsBack: false, seed: 1))),
      try picture("`tower_reduction`", .init(towerReduction: TowerReduction(layers: [0], neuronShare: 0.5))),
      try picture("`tower_depth`", .init(towerDepth: TowerDepth(skippedLayers: 1))),
    ]
  }
}
