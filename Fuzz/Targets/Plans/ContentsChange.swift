import Plan

/// One change of what a plan holds, drawn from a script, before it becomes a tree with weights that fit: so changes of
/// a model's sizes reach what computes with them.
enum ContentsChange {
  static func apply(to contents: inout PlanContents, _ script: inout ByteReader) {
    switch script.byte() % 12 {
    case 0, 1, 2, 3: contents[keyPath: script.element(integers)] = script.element(sizes)
    case 4, 5: contents[keyPath: script.element(flags)].toggle()
    case 6: contents[keyPath: script.element(reals)] = script.element(numbers)
    case 7: choose(&contents, &script)
    case 8: lists(&contents, &script)
    case 9: tiling(&contents, &script)
    case 10: StepChange.apply(to: &contents.tokenizer, &script)
    default: points(&contents, &script)
    }
  }

  private typealias Path<Value> = any WritableKeyPath<PlanContents, Value> & Sendable

  private static let integers: [Path<Int>] = [
    \.model.text.layers, \.model.text.width, \.model.text.queryHeads, \.model.text.keyValueHeads,
    \.model.text.headWidth, \.model.text.feedForwardWidth, \.model.text.vocabulary,
    \.model.text.contextLength,
    \.model.text.rotary.width, \.model.text.rotary.trainedLength, \.model.text.imageToken,
    \.model.vision.layers, \.model.vision.width, \.model.vision.heads, \.model.vision.feedForwardWidth,
    \.model.vision.imageSize, \.model.vision.patchSize, \.model.vision.window, \.model.projector.merge,
    \.model.projector.hiddenWidth, \.image.canvasTiles, \.tokenizer.unknownToken,
  ]
  private static let sizes = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 24, 32, 33, 48, 64, 100, 128, 4096,
  ]

  private static let flags: [Path<Bool>] = [
    \.model.text.tiedHead, \.model.text.attentionBias, \.model.text.attentionOutputBias,
    \.model.text.feedForwardBias, \.model.vision.gatedFeedForward, \.model.vision.attentionBias,
    \.model.vision.queryKeyNorm, \.model.vision.layerScale, \.model.vision.inputNorm,
    \.model.vision.outputNorm,
    \.model.vision.classToken, \.model.vision.dropsFirstToken, \.model.projector.normsPatches,
    \.model.projector.bias, \.model.projector.newline, \.tokenizer.ignoresMerges,
    \.tokenizer.fallsBackToBytes,
    \.tokenizer.fusesUnknown, \.prompt.gathersImages, \.prompt.leadingImagesHaveLines,
  ]

  private static let reals: [Path<Double>] = [
    \.model.text.normEpsilon, \.model.text.rotary.scale, \.model.text.rotary.growth, \.model.text.rotary.base,
    \.model.vision.normEpsilon, \.model.vision.queryKeyNormEpsilon, \.model.projector.normEpsilon,
    \.image.rescale,
    \.image.mean[0], \.image.deviation[1],
  ]
  private static let numbers = [
    0, 1e-300, 1e-45, 1e-9, 0.5, 1, 1.5, 2, 99.5, 1000, 1e6, 1e17, 1e18, -1, -1000, .nan, .infinity,
  ]

  private static func choose(_ contents: inout PlanContents, _ script: inout ByteReader) {
    switch script.byte() % 10 {
    case 0: contents.weightFormat = script.element(WeightFormat.allCases)
    case 1: contents.model.vision.positions = script.element(VisionModel.Positions.allCases)
    case 2: contents.model.vision.norm = script.element(Norm.allCases)
    case 3: contents.model.projector.norm = script.element(ProjectorModel.ProjectorNorm.allCases)
    case 4: contents.model.text.activation = script.element(Activation.allCases)
    case 5: contents.model.vision.activation = script.element(Activation.allCases)
    case 6: contents.image.arrangement = script.element(ImagePreprocessing.Arrangement.allCases)
    case 7: contents.image.filter = script.element(ImagePreprocessing.Filter.allCases)
    case 8: contents.prompt.imageTrimming = script.element(Trimming.allCases)
    default:
      // Whatever no longer fits goes.
      (contents.calibration, contents.points, contents.front) = (nil, [.dense], [])
    }
  }

  private static func small(_ script: inout ByteReader, _ most: UInt8) -> [Int] {
    (0..<script.byte() % (most + 1)).map { _ in Int(script.byte() % 6) }
  }

  private static func lists(_ contents: inout PlanContents, _ script: inout ByteReader) {
    switch script.byte() % 5 {
    case 0: contents.model.vision.featureLayers = small(&script, 5)
    case 1: contents.model.vision.fullAttentionLayers = small(&script, 3)
    case 2: contents.model.text.rotary.sections = small(&script, 4)
    case 3: contents.model.text.stopTokens = small(&script, 4)
    default: contents.calibration?.tokenPruning?.keepRatios = small(&script, 8).map { Double($0) / 5 }
    }
  }

  private static func tiling(_ contents: inout PlanContents, _ script: inout ByteReader) {
    let side = contents.model.vision.imageSize
    let small = [0, 1, 2, 3, 4, 8, 12, 16, 64, 100]
    var tile = TileShape()
    (tile.side, tile.shortestEdge, tile.padsToSquare) = (
      side, script.element([0, side, 1, 3, 100]), script.byte() % 2 == 0
    )
    switch script.byte() % 5 {
    case 0: contents.image.tiling = .single(tile)
    case 1:
      var tiling = AnyResolutionTiling()
      (tiling.tile, tiling.overview) = (tile, [script.element([side, 1, 7]), side])
      tiling.resolutions = (0..<script.byte() % 8).map { _ in side * script.element([1, 2, 3, 5, 20]) }
      tiling.squaresSeveral = script.byte() % 2 == 0
      contents.image.tiling = .anyResolution(tiling)
    case 2:
      var tiling = CanvasTiling()
      (tiling.side, tiling.minimumTiles, tiling.maximumTiles) = (
        side, script.element(small), script.element(small)
      )
      contents.image.tiling = .canvas(tiling)
    case 3:
      var tiling = SplitTiling()
      (tiling.side, tiling.longestEdge) = (side, script.element(small))
      tiling.splits = script.byte() % 2 == 0
      contents.image.tiling = .split(tiling)
    default:
      var resolution = NativeResolution()
      resolution.unit = contents.model.vision.patchSize * contents.model.projector.merge
      (resolution.minimumPixels, resolution.maximumPixels) = (
        script.element(small), script.element(small + [1000, 100_000])
      )
      contents.image.tiling = .native(resolution)
      contents.model.vision.imageSize = 0
    }
  }

  private static func points(_ contents: inout PlanContents, _ script: inout ByteReader) {
    let layer = Int(script.byte() % 4) - 1
    let ratio = script.element([0.01, 0.25, 0.5, 0.9, 1, 1e-300])
    var settings = PruningSettings.dense
    if script.byte() % 2 == 0 {
      settings.tokenPruning = TokenPruning(
        rule: script.element(ImportanceRule.allCases), keepRatio: ratio, layer: layer,
        recoveryStride: script.element([0, 1, 2, 1_000_000]))
      settings.tokenPruning?.cost.sigma = script.element([4, 1e-300, 1e6, 1e-9])
      settings.tokenPruning?.cost.epsilon = script.element([0.1, 1e-300, 1e6, 1e-9])
    }
    if script.byte() % 3 == 0 { settings.horizon = Horizon(layer: max(0, layer)) }
    if script.byte() % 3 == 0 {
      settings.layerReduction = LayerReduction(
        feedForwardLayers: small(&script, 3), attentionLayers: small(&script, 3),
        neurons: script.element(LayerReduction.NeuronSelection.allCases), neuronShare: ratio,
        probeShare: ratio,
        attentionWindow: script.element([1, 2, 256, 67_108_864]))
    }
    if script.byte() % 2 == 0 {
      let rates = (0..<script.element([contents.model.text.layers, 0, 1]).clamped(to: 0...64)).map { _ in
        script.element([0, 0.1, 0.5, 1, 1e-300])
      }
      settings.cacheRetention = CacheRetention(
        mode: script.element(CacheRetention.Mode.allCases), rates: rates,
        ranking: script.element(CacheRetention.EntryRanking.allCases), evenShare: script.element([0, 0.5, 1]))
    }
    contents.points = [OperatingPoint(name: "drawn", settings: settings)]
  }
}

extension Int {
  fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
