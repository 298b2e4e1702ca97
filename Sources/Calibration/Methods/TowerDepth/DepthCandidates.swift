import Inference
import Plan

extension HarmStage where Settings == TowerDepth {
  /// The stage of tower depth: one layer less, two, ... up to a third of them.
  static func depths(_ context: Context, limit: Int, isExhaustive: Bool) -> HarmStage {
    let layers = context.model.description.vision.layers
    return HarmStage(context: context, limit: limit, isExhaustive: isExhaustive) { profile, _ in
      guard profile.candidates.isEmpty, layers > 1 else { return [] }
      return (1...max(1, layers / 3)).map { TowerDepth(skippedLayers: $0) }
    }
  }
}
