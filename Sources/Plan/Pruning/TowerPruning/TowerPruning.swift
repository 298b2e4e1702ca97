/// Tower pruning: behind a layer of the tower each input keeps a share of its tokens (section 8.1 of the methods; kin:
/// ToMe, arXiv 2210.09461, EvoPrune, arXiv 2603.03681).
public struct TowerPruning: Hashable, Sendable, Codable {
  /// How tokens are chosen.
  public var rule: TowerRule
  /// Share of the tokens that stay, in (0, 1]; `floor(keepRatio * n)` are kept, at least one.
  public var keepRatio: Double
  /// Layers of the tower that run before the choice.
  public var layer: Int
  /// Whether a token that leaves is averaged into the kept one that it is most like, rather than dropped.
  public var merges: Bool
  /// Whether every token that left takes the features of the kept one that it is most like, so that the prompt keeps its
  /// length; otherwise whole groups of the projector leave, and the prompt is shorter.
  public var putsBack: Bool
  /// Seed of the `random` rule.
  public var seed: UInt64

  /// Creates tower pruning settings.
  public init(
    rule: TowerRule, keepRatio: Double, layer: Int, merges: Bool = true, putsBack: Bool = true,
    seed: UInt64 = 0
  ) {
    self.rule = rule
    self.keepRatio = keepRatio
    self.layer = layer
    self.merges = merges
    self.putsBack = putsBack
    self.seed = seed
  }

  /// Tokens or groups that stay of `count`.
  public func keptCount(of count: Int) -> Int {
    min(count, max(1, Int((keepRatio * Double(count)).rounded(.down))))
  }
}

extension TowerPruning: MethodSettings {
  /// Name in files.
  public static var name: String { "tower_pruning" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(keepRatio, above: 0, upTo: 1, prefix + "keep_ratio", path)
    try require(layer, in: 0...model.vision.layers, prefix + "layer", path)
    guard putsBack || !model.vision.dropsFirstPatch else {
      throw Flaw(path, "\(prefix)puts_back must be 1: this tower's first patch is on no grid")
    }
    let merger = model.vision.merger
    guard !putsBack || layer >= merger.layer else {
      throw Flaw(
        path,
        "\(prefix)puts_back must be 0 behind layer \(layer): this tower merges patches behind \(merger.layer)"
      )
    }
  }
}
