public import Plan

/// The smallest model that has every part: 2 layers of everything, 2 x 2 patches, 8 tokens.
public enum TinyPlan {
  /// The description of the model.
  public static var model: ModelDescription {
    var text = TextModel()
    text.layers = 2
    text.width = 8
    text.queryHeads = 2
    text.keyValueHeads = 1
    text.headWidth = 4
    text.feedForwardWidth = 6
    text.vocabulary = 10
    text.contextLength = 64
    text.rotary.width = 4
    text.stopTokens = [1]
    text.imageToken = 2
    var vision = VisionModel()
    vision.layers = 2
    vision.width = 8
    vision.heads = 2
    vision.feedForwardWidth = 12
    vision.imageSize = 4
    vision.patchSize = 2
    vision.featureLayers = [2]
    var projector = ProjectorModel()
    projector.hiddenWidth = 8
    return ModelDescription(family: "llava", text: text, vision: vision, projector: projector)
  }

  /// How pictures are prepared: one tile of 4 x 4 pixels.
  public static var image: ImagePreprocessing {
    var image = ImagePreprocessing()
    var tile = TileShape()
    (tile.side, tile.shortestEdge) = (4, 4)
    image.tiling = .single(tile)
    image.mean = [0.48, 0.46, 0.41]
    image.deviation = [0.27, 0.26, 0.28]
    return image
  }

  /// Eight tokens and one merge.
  public static var tokenizer: TokenizerTables {
    var tables = TokenizerTables()
    tables.splitting = [.split(.expression(#"\p{L}+|\s+"#), .isolated, inverted: false)]
    tables.tokens = ["<pad>", "<end>", "<image>", "a", "b", "ab", "", " "].map { Array($0.utf8) }
    tables.merges = [.init(left: 3, right: 4, result: 5)]
    tables.addedTokens = [.init(id: 1, content: "<end>"), .init(id: 2, content: "<image>", stripsLeft: true)]
    return tables
  }

  /// A template with frames of every kind.
  public static var prompt: PromptTemplate {
    var prompt = PromptTemplate(
      openings: [
        .init(.only, hasSystem: false, segments: [.leading(1), .literal("user\n")]),
        .init(.only, hasSystem: true, touchesImage: true, segments: [.system, .literal("\n"), .special(1)]),
        .init(.first, trimsContent: true, segments: []),
      ],
      closings: [
        .init(.only, touchesImage: false, segments: [.special(1), .literal("é")]),
        .init(.first, segments: [.reply, .special(1)]),
      ],
      joints: .init(imageText: [.literal("\n")], textImage: [.literal(" "), .special(1)]))
    prompt.gathersImages = true
    prompt.replyTrimming = .both
    return prompt
  }

  /// A record of every method.
  public static var calibration: CalibrationRecord {
    var lens = LayerRankings()
    lens.feedForward = [1, 0]
    lens.feedForwardDivergence = [0.001, 0.002]
    lens.attention = [0, 1]
    lens.attentionDivergence = [0.1, 0.2]
    let neurons = (0..<Int32(model.text.feedForwardWidth))
    lens.leading = LeadingNeurons(
      order: neurons.reversed() + neurons, share: 0.25, divergence: 0.003)
    var profile = RetentionProfile()
    profile.visionAttentionMean = [0.3, 0.05]
    profile.visionAttentionDeviation = [0.1, 0.01]
    profile.visionAttentionByHead = [0.3, 0.05]
    profile.retention = [0.7, 0.1]
    profile.layerClass = [2, 0]
    profile.answers = AnswerAttention(
      tokens: 4, values: [0.1, 0.2, 0.3, 0.4, 0.4, 0.3, 0.2, 0.1])
    profile.candidates = [
      .init(ranking: .even, evenShare: 0, rate: 0.5, divergence: 0.3, longAnswerDivergence: .infinity),
      .init(ranking: .window, evenShare: 0.25, rate: 0.5, divergence: 0.2, longAnswerDivergence: 0.4),
    ]
    var search = CostSearch()
    search.keepRatios = [0.5]
    search.candidates = [
      .init(settings: search.chosen, divergence: 0.01, samples: 3),
      .init(
        settings: .init(rule: .random, keepRatio: 0.5, layer: 1, seed: .max), divergence: 0.18, samples: 3),
    ]
    var horizon = HorizonProfile()
    horizon.divergence = [0.02, 0]
    var provenance = CalibrationProvenance()
    provenance.samples = 3
    provenance.seed = 7
    provenance.setDigest = String(repeating: "ab", count: 32)
    provenance.pictures = ["01", "23"].map { String(repeating: $0, count: 32) }
    provenance.kernels = ["avx2"]
    provenance.validationPictures = [String(repeating: "45", count: 32)]
    var record = CalibrationRecord(
      tokenPruning: search, layerReduction: lens, cacheRetention: profile, horizon: horizon,
      provenance: provenance)
    record.resolution = harm([Resolution(.longestEdge, 8), Resolution(.tiles, 0)])
    record.tileSelection = harm([
      TileSelection(threshold: 1.5), TileSelection(threshold: 3, keepsMarkup: false),
    ])
    record.contrastSelection = harm([
      ContrastSelection(threshold: 1.25), ContrastSelection(threshold: 2, margin: 0, spacing: 2),
    ])
    record.towerPruning = harm([
      TowerPruning(rule: .diverse, keepRatio: 0.5, layer: 1),
      TowerPruning(rule: .random, keepRatio: 0.25, layer: 1, merges: false, putsBack: false, seed: .max),
    ])
    var ranking = TowerRanking()
    (ranking.layers, ranking.divergence) = ([1, 0], [0.01, 0.02])
    let order = 0..<Int32(model.vision.feedForwardWidth)
    ranking.order = order.reversed() + order
    record.towerReduction = ranking
    record.towerDepth = harm([TowerDepth(skippedLayers: 1)])
    var narrow = NarrowProductHarm()
    narrow.products = [
      .init(name: "vision/up", divergence: 0.01, agreement: 0.5), .init(name: "text/gate_up"),
    ]
    narrow.chosen = .init(name: "", divergence: 0.001, agreement: 0.75)
    record.narrowProducts = narrow
    return record
  }

  /// A table of candidates, each a little more harmful than the one before.
  public static func harm<Settings>(_ settings: [Settings]) -> HarmProfile<Settings> {
    var profile = HarmProfile<Settings>()
    for (index, own) in settings.enumerated() {
      profile.candidates.append(
        .init(
          settings: own, divergence: 0.01 * Double(index), agreement: 1 - 0.1 * Double(index),
          tokenShare: 0.5, towerShare: 0.75, samples: 3 - index % 2))
    }
    return profile
  }

  /// Points that prune in every way.
  public static var points: [OperatingPoint] {
    var figures = MeasuredFigures()
    figures.samples = 3
    figures.accuracy = 0.5
    figures.kvBytes = 1234
    figures.visionSeconds = 0.25
    let fast = PruningSettings(
      picture: .init(
        towerPruning: .init(rule: .alternate, keepRatio: 0.5, layer: 1, merges: false),
        towerReduction: .init(layers: [0], neuronShare: 0.5)),
      tokenPruning: .init(rule: .sinkhorn, keepRatio: 0.5, layer: 0, recoveryStride: 4),
      layerReduction: .init(feedForwardLayers: [1], attentionLayers: [], neurons: .leading),
      cacheRetention: .init(rates: [0.7, 0.1], ranking: .answerProfile, evenShare: 0.5))
    return [
      OperatingPoint(
        name: "quality", settings: PruningSettings(cacheRetention: .init(mode: .dynamic, rates: []))),
      OperatingPoint(name: "fast", settings: fast, figures: figures), .dense,
    ]
  }

  /// Everything but the weights.
  public static func contents(_ format: WeightFormat = .float32) -> PlanContents {
    var contents = PlanContents(
      model: model, image: image, tokenizer: tokenizer, prompt: prompt, calibration: calibration,
      points: points, weightFormat: format, sourceDigest: String(repeating: "0f", count: 32))
    contents.narrowProducts = ["text/gate_up", "vision/down"]
    return contents
  }
}
