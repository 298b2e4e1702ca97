import Inference
import Plan

extension HarmStage where Settings == TowerDepth {
  /// The stage of tower depth: one layer less, two, ... up to a third of them.
  static func depths(_ context: Context, limit: Int, isExhaustive: Bool) -> HarmStage {
    let vision = context.model.description.vision
    let most = min(max(1, vision.layers / 3), vision.mostSkippedLayers)
    return HarmStage(context: context, limit: limit, isExhaustive: isExhaustive) { profile, _ in
      guard profile.candidates.isEmpty, most > 0 else { return [] }
      return (1...most).map { TowerDepth(skippedLayers: $0) }
    }
  }
}
