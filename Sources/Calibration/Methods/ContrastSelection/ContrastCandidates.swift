import Compute
import Evaluation
import Imaging
import Inference
import Plan

extension HarmStage where Settings == ContrastSelection {
  /// The stage of contrast selection: thresholds that some shares of the calibration set's groups reach, with some of the
  /// other groups and without, with the overview of a picture with tiles and without; then, in the better one of these
  /// ways, more and less around what stands out, and more of the others.
  static func contrasts(_ context: Context) -> HarmStage {
    HarmStage(context: context) { profile, samples in
      guard !context.model.description.vision.dropsFirstPatch else { return [] }
      if let rest = profile.around { return rest }
      let contrasts = try context.model.contrasts(samples).sorted()
      guard let last = contrasts.last, last > 0 else { return [] }
      let shares = [0.5, 0.35, 0.25, 0.18, 0.13, 0.1, 0.07]
      let thresholds = shares.map { share in
        // Halfway between two contrasts, so that none is on the edge.
        let place = Int(((1 - share) * Double(contrasts.count)).rounded())
        return place > 0 && place < contrasts.count ? (contrasts[place - 1] + contrasts[place]) / 2 : 0
      }
      let overviews = context.model.contents.image.tiling.hasTiles ? [true, false] : [true]
      return thresholds.filter { $0 > 0 && $0.isFinite }.uniqued.flatMap { threshold in
        [0, 4].flatMap { spacing in
          overviews.map { ContrastSelection(threshold: threshold, spacing: spacing, keepsOverview: $0) }
        }
      }
    }
  }
}

extension HarmProfile<ContrastSelection> {
  /// The second round, behind the first; nothing behind the second, `nil` before the first.
  fileprivate var around: [ContrastSelection]? {
    guard let first = candidates.first?.settings else { return nil }
    guard candidates.allSatisfy({ $0.settings.margin == first.margin }) else { return [] }
    // The way that harms least over all thresholds for what it takes, as the mean of tokens and tower has it.
    let ways = candidates.map(\.settings.way).uniqued
    func harm(_ way: ContrastSelection) -> Double {
      candidates.filter { $0.settings.way == way }.reduce(0) {
        $0 + $1.divergence * ($1.tokenShare + $1.towerShare) / 2
      }
    }
    guard let best = ways.min(by: { harm($0) < harm($1) }) else { return [] }
    let others = [(0, best.spacing), (2, best.spacing), (1, 3), (1, 2), (0, 2), (2, 2)]
    return candidates.map(\.settings).filter { $0.way == best }.flatMap { settings in
      others.map { margin, spacing in
        var other = settings
        (other.margin, other.spacing) = (margin, spacing)
        return other
      }
    }
  }
}

extension ContrastSelection {
  /// The same with no threshold.
  fileprivate var way: Self {
    var result = self
    result.threshold = 0
    return result
  }
}

extension Model {
  /// Contrasts of all groups of some samples' pictures.
  fileprivate func contrasts(_ samples: [PreparedSample]) throws -> [Double] {
    var seen: Set<[String]> = []
    return try samples.filter { seen.insert($0.sample.images).inserted }.flatMap { sample in
      try sample.sample.images.flatMap { path in
        let picture = try prepareImage(at: path, among: sample.sample.images.count)
        return GroupContrast(picture, side: groupSide)?.values ?? []
      }
    }
  }
}
