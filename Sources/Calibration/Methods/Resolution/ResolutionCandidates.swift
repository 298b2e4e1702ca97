import Compute
import Evaluation
import Imaging
import Inference
import Plan

extension HarmStage where Settings == Resolution {
  /// The stage of resolutions: the steps of the model's own processor below its setting.
  static func resolutions(_ context: Context, limit: Int, isExhaustive: Bool) -> HarmStage {
    HarmStage(context: context, limit: limit, isExhaustive: isExhaustive) { profile, samples in
      profile.candidates.isEmpty ? try context.model.smallerResolutions(samples, limit) : []
    }
  }
}

extension Model {
  /// Resolutions below the model's own, from large to small.
  fileprivate func smallerResolutions(_ samples: SamplePool, _ limit: Int) throws -> [Resolution] {
    switch contents.image.tiling {
    case .single: return []
    case .split(let tiling):
      let side = max(1, tiling.side)
      let edges = tiling.longestEdge / side
      let steps = edges <= 8 ? Array(1..<max(1, edges)) : (1..<8).map { $0 * edges / 8 }
      return steps.reversed().map { Resolution(.longestEdge, $0 * side) }
        + (tiling.splits ? [Resolution(.tiles, 0)] : [])
    case .crops(let tiling):
      return (2..<max(2, tiling.maximumCrops)).reversed().map { Resolution(.tiles, $0) }
        + (tiling.maximumCrops > 0 ? [Resolution(.tiles, 0)] : [])
    case .canvas(let tiling):
      let steps = [9, 6, 4, 3, 2, 1].filter { $0 < tiling.maximumTiles && $0 >= tiling.minimumTiles }
      return steps.map { Resolution(.tiles, $0) }
    case .anyResolution(let tiling):
      let side = max(1, tiling.tile.side)
      let counts = stride(from: 0, to: tiling.resolutions.count - 1, by: 2).map {
        tiling.resolutions[$0] / side * (tiling.resolutions[$0 + 1] / side)
      }
      let steps = Array(Set(counts).sorted().dropLast().reversed())
      return steps.spread(8).map { Resolution(.tiles, $0) } + [Resolution(.tiles, 0)]
    case .slices(let tiling):
      let steps = [6, 4, 3, 2].filter { $0 < tiling.maximumTiles }
      let pixels = [0.75, 0.5, 0.35, 0.25].map { Int($0 * Double(tiling.side * tiling.side)) }
      return steps.map { Resolution(.tiles, $0) } + (tiling.splits ? [Resolution(.tiles, 0)] : [])
        + pixels.filter { $0 >= tiling.unit * tiling.unit }.map { Resolution(.pixels, $0) }
    case .native(let native): return try smaller(native, samples, limit)
    case .nativeTiles(let tiling):
      let steps = [8, 6, 4, 3, 2].filter { $0 < tiling.maximumTiles && $0 >= tiling.minimumTiles }
      return steps.map { Resolution(.tiles, $0) } + (tiling.splits ? [Resolution(.tiles, 0)] : [])
        + (try smaller(tiling.resolution, samples, limit))
    }
  }

  /// Steps below the largest of the pictures.
  private func smaller(
    _ native: NativeResolution, _ samples: SamplePool, _ limit: Int
  ) throws -> [Resolution] {
    let largest =
      try samples.values(ofFirst: limit) { picture in
        [Double(picture.overview.map { $0.width * $0.height } ?? 0)]
      }.max() ?? 0
    return [0.75, 0.5, 0.35, 0.25, 0.15, 0.08].map { Int($0 * largest) }
      .filter { $0 >= native.unit * native.unit }.map { Resolution(.pixels, $0) }
  }
}
