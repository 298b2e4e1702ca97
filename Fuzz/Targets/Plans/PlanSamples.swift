import Plan
import TinyPlans

/// Small plans with every part that a plan may have.
enum PlanSamples {
  /// All of them; changes start from one.
  static let all: [PlanSample] = contents.map { contents in
    guard let sample = PlanSample(contents) else {
      preconditionFailure("a sample of \(contents.model) is refused")
    }
    return sample
  }

  /// What they hold.
  static let contents: [PlanContents] = [
    changed { _ in }, changed { $0.weightFormat = .bfloat16 }, changed { $0.weightFormat = .int8 },
    changed { $0.weightFormat = .int4 },
    everyRule, anyResolution, canvas, split, native, characters, normalized, uncalibrated,
  ]

  private static func changed(_ change: (inout PlanContents) -> Void) -> PlanContents {
    var contents = TinyPlan.contents()
    // So that a dialogue can go on.
    contents.prompt.openings += [.init(.last, trimsContent: true, segments: [.literal("user\n")])]
    contents.prompt.closings += [.init(.last, segments: [.special(1), .literal("ab")])]
    change(&contents)
    return contents
  }

  private static let uncalibrated = changed {
    ($0.calibration, $0.points, $0.front) = (nil, [.dense], [])
    $0.model.text.tiedHead = true
    $0.model.projector.hiddenWidth = 0
  }

  private static let everyRule = changed { contents in
    contents.points = ImportanceRule.allCases.map { rule in
      OperatingPoint(
        name: rule.rawValue,
        settings: PruningSettings(tokenPruning: TokenPruning(rule: rule, keepRatio: 0.5, layer: 0)))
    }
    contents.points += [
      OperatingPoint(
        name: "prompt",
        settings: PruningSettings(tokenPruning: .init(rule: .cdpruner, keepRatio: 0.3, layer: -1))),
      OperatingPoint(
        name: "probed",
        settings: PruningSettings(
          layerReduction: .init(feedForwardLayers: [0, 1], attentionLayers: [1], attentionWindow: 1))),
      OperatingPoint(name: "horizon", settings: PruningSettings(horizon: Horizon(layer: 0))),
    ]
    contents.points += CacheRetention.EntryRanking.allCases.map { ranking in
      OperatingPoint(
        name: "ranking-\(ranking.rawValue)",
        settings: PruningSettings(
          cacheRetention: .init(rates: [0.5, 0.25], ranking: ranking, evenShare: 0.25)))
    }
    contents.front = contents.points.suffix(2)
  }

  private static var tile: TileShape {
    var tile = TileShape()
    (tile.side, tile.shortestEdge) = (4, 0)
    return tile
  }

  private static let anyResolution = changed {
    var tiling = AnyResolutionTiling()
    (tiling.tile, tiling.overview, tiling.resolutions) = (tile, [4, 4], [4, 8, 8, 4, 8, 8])
    $0.image.tiling = .anyResolution(tiling)
    $0.image.arrangement = .overviewThenCanvas
    $0.image.canvasTiles = 3
    $0.model.projector.newline = true
    $0.model.text.contextLength = 256
  }

  private static let canvas = changed {
    var tiling = CanvasTiling()
    (tiling.side, tiling.minimumTiles, tiling.maximumTiles) = (4, 1, 4)
    $0.image.tiling = .canvas(tiling)
    $0.model.text.contextLength = 256
    $0.image.markup.opening = "<a>"
    $0.image.markup.closing = "b"
  }

  private static let split = changed {
    var tiling = SplitTiling()
    (tiling.side, tiling.longestEdge) = (4, 8)
    $0.image.tiling = .split(tiling)
    $0.model.text.contextLength = 256
    $0.image.markup.beforeTile = "a{row}b{column}{other}"
    $0.image.markup.afterRow = "\n"
    $0.image.markup.beforeOverview = "ab"
  }

  private static let native = changed { contents in
    var resolution = NativeResolution()
    (resolution.unit, resolution.minimumPixels, resolution.maximumPixels) = (4, 16, 256)
    contents.image.tiling = .native(resolution)
    contents.model.vision.imageSize = 0
    (contents.model.vision.classToken, contents.model.vision.dropsFirstToken) = (false, false)
    (contents.model.vision.positions, contents.model.vision.norm) = (.rotary, .rmsNorm)
    (contents.model.vision.window, contents.model.vision.fullAttentionLayers) = (2, [1])
    (contents.model.vision.gatedFeedForward, contents.model.vision.activation) = (true, .silu)
    contents.model.projector.merge = 2
    contents.model.projector.norm = .rmsNorm
    contents.model.projector.normsPatches = true
    contents.model.text.rotary.sections = [1, 1]
    contents.model.text.contextLength = 256
    contents.model.text.attentionBias = true
  }

  private static let characters = changed { contents in
    var tables = contents.tokenizer
    tables.scheme = .characters
    tables.tokens = ["<pad>", "<end>", "<image>", "a", "b", "ab", "▁", "<0x41>", "<0x20>", "é"].map {
      Array($0.utf8)
    }
    tables.normalization = [
      .prepend("▁"), .replace(.literal(" "), content: "▁"), .normalForm(.nfkc),
      .strip(left: true, right: false),
      .lowercase, .replace(.expression("b+"), content: "b"),
    ]
    tables.splitting = [.metaspace(replacement: "▁", prepend: .first, splits: true), .words]
    tables.decoding = [
      .replace(.literal("▁"), content: " "), .byteFallback, .fuse, .strip(" ", start: 1, stop: 1),
      .metaspace(replacement: "▁", dropsFirst: true), .join(" "), .replace(.expression("a|é"), content: "aa"),
    ]
    (tables.fallsBackToBytes, tables.unknownToken, tables.fusesUnknown) = (true, 0, true)
    contents.tokenizer = tables
  }

  private static let normalized = changed { contents in
    contents.tokenizer.normalization = [.normalForm(.nfd), .normalForm(.nfc), .lowercase]
    contents.tokenizer.splitting = [
      .split(.expression(#"'s|\p{L}+| ?\p{N}{1,3}|\s+(?!\S)|\s+"#), .removed, inverted: true),
      .digits(individual: true),
      .punctuation(.contiguous), .prefixSpace, .whiteSpace,
      .split(.literal("b"), .mergedWithNext, inverted: false),
    ]
    contents.tokenizer.addedTokens.append(
      .init(id: 5, content: "ab", singleWord: true, normalized: true, special: false, inVocabulary: true))
    contents.tokenizer.ignoresMerges = true
    contents.prompt.leadingImagesHaveLines = true
    (contents.prompt.systemTrimming, contents.prompt.textTrimming) = (.left, .both)
    contents.prompt.imageTrimming = .right
  }
}
