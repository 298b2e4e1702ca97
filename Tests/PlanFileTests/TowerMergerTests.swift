import Testing
import TinyPlans

@testable import Plan
@testable import PlanFile

/// What a plan may say of a merger inside its tower, and of slices; and what pruning meets there.
@Suite struct TowerMergerTests {
  private static func problem(_ change: (inout PlanContents) -> Void) -> String? {
    var contents = TinyPlan.contents()
    contents.calibration = nil
    (contents.points, contents.front) = ([.dense], [])
    contents.model.vision.layers = 4
    contents.model.vision.featureLayers = [4]
    (contents.model.vision.classToken, contents.model.vision.dropsFirstToken) = (false, false)
    (contents.model.vision.positions, contents.model.vision.imageSize) = (.none, 0)
    (contents.model.vision.merger.layer, contents.model.vision.merger.feedForwardWidth) = (2, 12)
    contents.model.projector.merge = 2
    contents.image.arrangement = .overviewThenTiles
    var tiling = SliceTiling()
    (tiling.unit, tiling.side) = (4 * contents.model.vision.patchSize, 448)
    contents.image.tiling = .slices(tiling)
    change(&contents)
    do throws(Flaw) {
      try contents.validate()
      return nil
    } catch { return "\(error.object): \(error.reason)" }
  }

  private static func problem(_ picture: PictureSettings) -> String? {
    problem { $0.points.append(OperatingPoint(name: "one", settings: PruningSettings(picture: picture))) }
  }

  @Test func `a merger joins patches between two layers`() {
    #expect(Self.problem { _ in } == nil)
    for layer in [-1, 5, .max] { #expect(Self.problem { $0.model.vision.merger.layer = layer } != nil) }
    for side in [0, 1, -2, 3, 65, .max] {
      #expect(Self.problem { $0.model.vision.merger.side = side } != nil, "\(side)")
    }
    for width in [0, -1, 1 << 21, .max] {
      #expect(Self.problem { $0.model.vision.merger.feedForwardWidth = width } != nil, "\(width)")
    }
    for layers in [[1], [0, 4]] { #expect(Self.problem { $0.model.vision.featureLayers = layers } != nil) }
    #expect(Self.problem { $0.model.vision.featureLayers = [2] } == nil)
  }

  @Test func `a tower with a merger has patches alone, all of which see each other`() {
    let changes: [(inout VisionModel) -> Void] = [
      { $0.deepLayers = [3] }, { $0.window = 4 }, { $0.positions = .rotary }, { $0.queryKeyNorm = true },
      { $0.valueNorm = true }, { $0.outputNorms = true },
      { ($0.clipsProducts, $0.gatedFeedForward) = (true, true) },
    ]
    for change in changes { #expect(Self.problem { change(&$0.model.vision) } != nil) }
  }

  @Test func `slices fit what becomes a token`() {
    func problem(_ change: (inout SliceTiling) -> Void) -> String? {
      Self.problem {
        guard case .slices(var tiling) = $0.image.tiling else { return }
        change(&tiling)
        $0.image.tiling = .slices(tiling)
      }
    }
    for unit in [0, 1, .max, .min] { #expect(problem { $0.unit = unit } != nil, "\(unit)") }
    for side in [0, -1, 16_385, .max] { #expect(problem { $0.side = side } != nil, "\(side)") }
    for tiles in [0, -1, 1025, .max] { #expect(problem { $0.maximumTiles = tiles } != nil, "\(tiles)") }
    #expect(Self.problem { $0.model.vision.imageSize = 16 * $0.model.vision.patchSize } != nil)
    #expect(Self.problem { $0.image.arrangement = .overviewThenCanvas } != nil, "slices are no canvas")
    #expect(Self.problem { $0.image.markup.label = String(repeating: "a", count: 1025) } != nil)
  }

  @Test func `patches that a merger joins are not put back`() {
    func problem(layer: Int, putsBack: Bool) -> String? {
      Self.problem(
        PictureSettings(
          towerPruning: TowerPruning(rule: .diverse, keepRatio: 0.5, layer: layer, putsBack: putsBack)))
    }
    #expect(problem(layer: 1, putsBack: true)?.contains("this tower merges patches behind 2") == true)
    #expect(problem(layer: 2, putsBack: true) == nil)
    #expect(problem(layer: 1, putsBack: false) == nil)
  }

  @Test func `the layers before a merger run`() {
    #expect(Self.problem(PictureSettings(towerDepth: TowerDepth(skippedLayers: 2))) == nil)
    #expect(Self.problem(PictureSettings(towerDepth: TowerDepth(skippedLayers: 3))) != nil)
  }

  @Test func `fewer slices, none, or a smaller picture`() {
    var tiling = SliceTiling()
    (tiling.unit, tiling.side, tiling.maximumTiles) = (56, 448, 9)
    let slices = ImageTiling.slices(tiling)
    #expect(slices.problem(at: Resolution(.tiles, 1)) != nil)
    #expect(slices.problem(at: Resolution(.tiles, 0)) == nil)
    #expect(slices.problem(at: Resolution(.pixels, 3135)) != nil)
    #expect(slices.problem(at: Resolution(.longestEdge, 448)) != nil)
    #expect(slices.limited(to: Resolution(.tiles, 9)) == slices)
    #expect(slices.limited(to: Resolution(.pixels, 448 * 448)) == slices)
    guard case .slices(let small) = slices.limited(to: Resolution(.pixels, 10_000)) else {
      Issue.record("another tiling")
      return
    }
    #expect(!small.splits && small.side == 100)
  }

  @Test func `a label counts pictures from 0`() {
    var markup = ImageMarkup()
    markup.label = "<{picture}{row}>"
    #expect(markup.label(ofPicture: 12) == "<12{row}>")
  }
}
