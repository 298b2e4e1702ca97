import Inference
import Plan

extension HarmStage where Settings == PatchSelection {
  /// The stage of patch selection: exact repeats, then nearer and farther ones.
  static func patches(_ context: Context, limit: Int, isExhaustive: Bool) -> HarmStage {
    HarmStage(context: context, limit: limit, isExhaustive: isExhaustive) { profile, _ in
      guard profile.candidates.isEmpty, case .native = context.model.contents.image.tiling else { return [] }
      return [0, 2, 4, 8, 12, 16, 24, 32, 48].map { PatchSelection(tolerance: $0) }
    }
  }
}
