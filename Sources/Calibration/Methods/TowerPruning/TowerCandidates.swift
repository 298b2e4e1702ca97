import Inference
import Plan

extension HarmStage where Settings == TowerPruning {
  /// The stage of tower pruning: first every rule in the middle of the tower, then the best ones behind other layers and
  /// with other shares.
  static func towerTokens(_ context: Context, limit: Int, isExhaustive: Bool) -> HarmStage {
    let vision = context.model.description.vision
    return HarmStage(context: context, limit: limit, isExhaustive: isExhaustive) { profile, _ in
      guard vision.layers > 1 else { return [] }
      // Behind a merger tokens can be put back.
      let middle = max(1, vision.layers / 2, min(vision.merger.layer, vision.layers - 1))
      if profile.candidates.isEmpty {
        return TowerRule.allCases.flatMap { rule in
          Self.ways(vision).map {
            TowerPruning(rule: rule, keepRatio: 0.5, layer: middle, merges: $0.merges, putsBack: $0.putsBack)
          }
        }.filter { vision.allows($0) }
      }
      let tried = profile.candidates.map(\.settings)
      guard tried.allSatisfy({ $0.layer == middle && $0.keepRatio == 0.5 }) else { return [] }
      let layers = Set([0, 1, vision.layers / 4, middle, 3 * vision.layers / 4]).sorted()
      return Self.best(of: profile).flatMap { way in
        layers.flatMap { layer in
          [0.75, 0.5, 0.35, 0.25].map { share in
            var settings = way
            (settings.layer, settings.keepRatio) = (layer, share)
            return settings
          }
        }
      }.filter { !tried.contains($0) && vision.allows($0) }
    }
  }

  /// Merged or dropped, put back or left out, where the tower allows it.
  private static func ways(_ vision: VisionModel) -> [(merges: Bool, putsBack: Bool)] {
    let all: [(merges: Bool, putsBack: Bool)] = [(true, true), (false, true), (true, false), (false, false)]
    return all.filter { $0.putsBack || !vision.dropsFirstPatch }
  }

  /// The least harmful way that puts tokens back, and the least harmful that leaves them out.
  private static func best(of profile: HarmProfile<TowerPruning>) -> [TowerPruning] {
    let sorted = profile.finishers.sorted { $0.divergence < $1.divergence }.map(\.settings)
    return [sorted.first { $0.putsBack }, sorted.first { !$0.putsBack }].compactMap { $0 }
  }
}

extension VisionModel {
  /// Whether tokens may leave there and come back: patches that a merger joins leave together, and for good.
  fileprivate func allows(_ pruning: TowerPruning) -> Bool {
    !pruning.putsBack || pruning.layer >= merger.layer
  }
}
