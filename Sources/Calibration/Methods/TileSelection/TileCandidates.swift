import Imaging
import Inference
import Plan

extension HarmStage where Settings == TileSelection {
  /// The stage of tile selection: thresholds that keep some shares of the calibration set's tiles, with the markup of the
  /// others and without.
  static func tiles(_ context: Context, isExhaustive: Bool) -> HarmStage {
    HarmStage(context: context, isExhaustive: isExhaustive) { profile, samples in
      guard profile.candidates.isEmpty, context.model.contents.image.tiling.hasTiles else { return [] }
      let shares = [0.9, 0.75, 0.6, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.15]
      let scores = try samples.values { TileScores($0.tiles).values }
      return scores.thresholds(reachedBy: shares).flatMap { threshold in
        [true, false].map { TileSelection(threshold: threshold, keepsMarkup: $0) }
      }
    }
  }
}

extension HarmProfile<TileSelection> {
  /// The candidates of the way with the markup of tiles that left, to keep it or not, that harms less over all thresholds:
  /// from one threshold to the next the two take turns by chance.
  var ofBetterMarkup: Self {
    var result = self
    let sum = candidates.reduce(0.0) { $0 + ($1.settings.keepsMarkup ? $1.divergence : -$1.divergence) }
    result.candidates = candidates.filter { $0.settings.keepsMarkup == (sum <= 0) }
    return result
  }
}
