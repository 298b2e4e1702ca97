import Compute
import Inference
public import Plan

/// What a point is measured against at its own budget of visual tokens: the plain ways to spend it, and the point
/// without what calibration found. Published comparisons found that many methods do not beat them.
public enum Baseline: Hashable, Sendable {
  /// Another rule in the place of the point's own, everything else equal. `random` runs with several seeds.
  case rule(ImportanceRule)
  /// The picture itself with less detail, nothing pruned: as many pixels as the point keeps tokens. Where the family's
  /// resolution is fixed it is enlarged again, so that the tokens are as many but know less.
  case reducedImage
  /// Nothing pruned, but the picture prepared with as many pixels as cost the same first token as the point: the model's
  /// own processor at a smaller setting. Where resolution is fixed there is none.
  case fewestPixels
  /// The same plan with other layers in its rankings and other layers' rates in its retention profile.
  case shuffled
  /// No picture at all.
  case noImage

  /// Those that an evaluation runs when nothing is said.
  public static let standard: [Baseline] =
    [.random, .stride, .pooling, .l2norm, .inverseL2norm, .fastV, .divprune, .dart, .cdpruner].map {
      .rule($0)
    }
    + [.fewestPixels, .reducedImage, .shuffled, .noImage]

  /// Seeds of `random`, and of `shuffled`.
  public static let seeds: Range<UInt64> = 0..<5

  /// The baseline of that name: `fewest_pixels`, `reduced_image`, `shuffled`, `no_image` or a rule's.
  public init?(name: String) {
    switch name {
    case "fewest_pixels": self = .fewestPixels
    case "reduced_image": self = .reducedImage
    case "shuffled": self = .shuffled
    case "no_image": self = .noImage
    default:
      guard let rule = ImportanceRule(rawValue: name) else { return nil }
      self = .rule(rule)
    }
  }

  /// Name in options and tables.
  public var name: String {
    switch self {
    case .rule(let rule): rule.rawValue
    case .fewestPixels: "fewest_pixels"
    case .reducedImage: "reduced_image"
    case .shuffled: "shuffled"
    case .noImage: "no_image"
    }
  }
}

extension Baseline {
  /// What runs in the place of `point`: nothing where the baseline is the point itself, several where chance decides.
  public func contenders(to point: OperatingPoint, _ text: TextModel) -> [Contender] {
    settings(instead: point.settings, text).map { settings, input in
      Contender(
        point: OperatingPoint(name: "\(point.name)+\(name)", settings: settings), input: input,
        baseline: self, opponent: point.name)
    }
  }

  private func settings(
    instead own: PruningSettings, _ text: TextModel
  ) -> [(settings: PruningSettings, input: PictureInput)] {
    switch self {
    case .rule(let rule):
      guard var tokens = own.tokenPruning, tokens.rule != rule else { return [] }
      tokens.rule = rule
      // FastV as published: the attention of the second layer.
      if rule == .fastV { tokens.layer = text.attentionLayer(from: max(0, min(1, text.lastLeavingLayer))) }
      return (rule == .random ? Array(Self.seeds) : [tokens.seed]).map { seed in
        var settings = own
        tokens.seed = seed
        settings.tokenPruning = tokens
        return (settings, .whole)
      }
    case .reducedImage:
      guard let tokens = own.tokenPruning else { return [] }
      return [(.dense, .reduced(share: tokens.keptShare))]
    case .shuffled:
      let shuffled = Self.seeds.map { own.shuffled(text, seed: $0) }
      return shuffled.contains { $0 != own } ? shuffled.map { ($0, .whole) } : []
    case .noImage: return [(.dense, .none)]
    // Which resolution costs as much is known when all have been run.
    case .fewestPixels: return []
    }
  }
}

extension TokenPruning {
  /// Share of the visual tokens that stay, recovered ones included.
  public var keptShare: Double {
    recoveryStride > 0 ? keepRatio + (1 - keepRatio) / Double(recoveryStride) : keepRatio
  }
}

extension PruningSettings {
  /// As many layers reduced, but others; the same rates, but of other layers.
  func shuffled(_ text: TextModel, seed: UInt64) -> PruningSettings {
    var generator = SplitMix64(seed: seed)
    var result = self
    if let layerReduction {
      func others(_ count: Int, of layers: [Int]) -> [Int] {
        generator.shuffled(layers).prefix(count).sorted()
      }
      result.layerReduction?.feedForwardLayers = others(
        layerReduction.feedForwardLayers.count, of: Array(0..<text.layers))
      result.layerReduction?.attentionLayers = others(
        layerReduction.attentionLayers.count, of: text.attentionLayers)
    }
    if let rates = cacheRetention?.rates, !rates.isEmpty {
      // Rates of layers without entries stay where they are.
      let others = generator.shuffled(text.entryLayers.map { rates[$0] })
      for (layer, rate) in zip(text.entryLayers, others) {
        result.cacheRetention?.rates[layer] = rate
      }
    }
    return result
  }
}
