import Imaging
import Inference
import Plan

extension HarmStage where Settings == ContrastSelection {
  /// The stage of contrast selection: thresholds that some shares of the calibration set's groups reach, with more and
  /// less around what stands out, and more and fewer of the others.
  static func contrasts(_ context: Context, limit: Int, isExhaustive: Bool) -> HarmStage {
    HarmStage(context: context, limit: limit, isExhaustive: isExhaustive) { profile, samples in
      guard profile.candidates.isEmpty, !context.model.description.vision.dropsFirstPatch else { return [] }
      let contrasts = try samples.values { picture in
        GroupContrast.grids(of: picture, side: context.model.groupSide).flatMap(\.values)
      }
      return contrasts.thresholds(reachedBy: [0.25, 0.15, 0.1, 0.07]).flatMap { threshold in
        [(2, 4), (1, 2), (1, 3), (1, 4), (0, 2), (0, 3), (0, 4)].map { margin, spacing in
          ContrastSelection(threshold: threshold, margin: margin, spacing: spacing)
        }
      }
    }
  }
}
