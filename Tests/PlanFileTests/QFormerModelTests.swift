import Testing
import TinyPlans

@testable import Plan
@testable import PlanFile

/// What a plan may say of a querying transformer, and of where tokens are added.
@Suite struct QFormerModelTests {
  private static func problem(_ change: (inout ModelDescription) -> Void) -> String? {
    var contents = TinyPlan.contents()
    contents.calibration = nil
    (contents.points, contents.front) = ([.dense], [])
    contents.model.text.layers = 5
    contents.model.vision.layers = 3
    (contents.model.vision.featureLayers, contents.model.vision.deepLayers) = ([3], [1, 3])
    (contents.model.vision.classToken, contents.model.vision.dropsFirstToken) = (false, false)
    let patch = contents.model.vision.patchSize
    contents.model.vision.imageSize = 8 * patch
    var tile = TileShape()
    (tile.side, tile.shortestEdge) = (8 * patch, 8 * patch)
    contents.image.tiling = .single(tile)
    var projector = ProjectorModel()
    (projector.merge, projector.pools) = (2, true)
    (projector.norm, projector.normsPatches) = (.layerNorm, true)
    projector.deepTargets = [4, 1]
    (projector.qformer.window, projector.qformer.feedForwardWidth) = (4, 12)
    projector.qformer.starts = [0, 4, 1]
    contents.model.projector = projector
    change(&contents.model)
    do throws(Flaw) {
      try contents.validate()
      return nil
    } catch { return "\(error.object): \(error.reason)" }
  }

  @Test func `windows divide the grid, and four patches become a token`() {
    #expect(Self.problem { _ in } == nil)
    for window in [-2, 3, 6, 16, 66, .min, .max] {
      #expect(Self.problem { $0.projector.qformer.window = window } != nil, "\(window)")
    }
    for window in [2, 8] {
      #expect(Self.problem { $0.projector.qformer.window = window } == nil, "\(window)")
    }
    let changes: [(inout ModelDescription) -> Void] = [
      { $0.projector.merge = 1 }, { $0.projector.merge = 4 }, { $0.projector.pools = false },
      { $0.projector.normsPatches = false },
      { $0.projector.standardizes = true }, { $0.projector.merger = true },
    ]
    for change in changes { #expect(Self.problem(change) != nil) }
    #expect(Self.problem { $0.vision.featureLayers = [3, 3] } != nil)
    #expect(Self.problem { $0.vision.imageSize = 0 } != nil)
  }

  @Test func `sizes are those of a transformer`() {
    for layers in [0, -1, 513, .max] { #expect(Self.problem { $0.projector.qformer.layers = layers } != nil) }
    for heads in [0, -1, 5, 2048, .max] {
      #expect(Self.problem { $0.projector.qformer.heads = heads } != nil)
    }
    for width in [0, -1, 1 << 21, .max] {
      #expect(Self.problem { $0.projector.qformer.feedForwardWidth = width } != nil)
    }
    for epsilon in [-1, 2, .nan, .infinity] {
      #expect(Self.problem { $0.projector.qformer.normEpsilon = epsilon } != nil)
    }
  }

  @Test func `each projector has a start, and each deep layer a layer of the decoder of its own`() {
    for starts in [[], [0], [0, 1], [0, 1, 5], [0, -1, 1], [0, 1, 2, 3]] {
      #expect(Self.problem { $0.projector.qformer.starts = starts } != nil, "\(starts)")
    }
    for targets in [[1], [1, 1], [0, 5], [-1, 2], [0, 1, 2], [.max, 1]] {
      #expect(Self.problem { $0.projector.deepTargets = targets } != nil, "\(targets)")
    }
    #expect(Self.problem { $0.projector.deepTargets = [] } == nil)
    #expect(Self.problem { $0.vision.deepLayers = [1, 4] } != nil)
  }
}
