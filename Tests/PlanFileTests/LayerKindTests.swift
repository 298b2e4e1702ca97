import Testing
import TestSupport
import TinyPlans

@testable import Plan

/// What a plan may say of layers that are convolutions or have windows, and what its settings may ask of them.
@Suite(.endsWithin(minutes: 1)) struct LayerKindTests {
  private static func problem(_ change: (inout PlanContents) -> Void) -> String? {
    var contents = TinyPlan.contents()
    contents.calibration = nil
    (contents.points, contents.front) = ([.dense], [])
    change(&contents)
    do throws(Flaw) {
      try contents.validate()
      return nil
    } catch { return "\(error.object): \(error.reason)" }
  }

  private static func problem(_ settings: PruningSettings) -> String? {
    problem {
      $0.model.text.convolutionLayers = [0]
      $0.points.append(OperatingPoint(name: "one", settings: settings))
    }
  }

  @Test func `layers ascend, are there, and are not all convolutions`() {
    #expect(Self.problem { $0.model.text.convolutionLayers = [0] } == nil)
    #expect(Self.problem { $0.model.text.windowLayers = [0, 1] } == nil)
    for layers in [[1, 0], [0, 0], [2], [-1], [0, 1]] {
      #expect(Self.problem { $0.model.text.convolutionLayers = layers } != nil, "\(layers)")
    }
    for layers in [[1, 0], [0, 0], [2], [-1]] {
      #expect(Self.problem { $0.model.text.windowLayers = layers } != nil, "\(layers)")
    }
    #expect(
      Self.problem { ($0.model.text.convolutionLayers, $0.model.text.windowLayers) = ([0], [0]) }
        == "/model/text: window_layers has layer 0, which is a convolution")
  }

  private static func delta(_ change: (inout DeltaModel) -> Void = { _ in }) -> String? {
    problem {
      $0.model.text.deltaLayers = [0]
      ($0.model.text.delta.keyHeads, $0.model.text.delta.valueHeads) = (2, 4)
      ($0.model.text.delta.keyWidth, $0.model.text.delta.valueWidth) = (8, 8)
      change(&$0.model.text.delta)
    }
  }

  @Test func `layers with a delta rule ascend, are there, and are not all`() {
    #expect(Self.delta() == nil)
    for layers in [[1, 0], [0, 0], [2], [-1], [0, 1], [.max]] {
      #expect(Self.problem { $0.model.text.deltaLayers = layers } != nil, "\(layers)")
    }
    #expect(
      Self.problem { ($0.model.text.convolutionLayers, $0.model.text.deltaLayers) = ([0], [1]) }
        == "/model/text: has no layer with attention")
    #expect(
      Self.problem { ($0.model.text.convolutionLayers, $0.model.text.deltaLayers) = ([0], [0]) }
        == "/model/text: delta_layers has layer 0, which is a convolution")
  }

  @Test(arguments: [0, -1, 4096, .max, .min]) func `a delta rule has sizes`(size: Int) {
    #expect(Self.delta { $0.keyHeads = size } != nil && Self.delta { $0.valueHeads = size } != nil)
    #expect(Self.delta { $0.keyWidth = size } != nil && Self.delta { $0.valueWidth = size } != nil)
    #expect(Self.delta { $0.taps = size } != nil)
  }

  @Test func `value heads share key heads evenly, and a state is not far larger than the weights`() {
    #expect(Self.delta { $0.valueHeads = 3 }?.contains("cannot share 2 delta_key_heads") == true)
    #expect(Self.delta { ($0.valueHeads, $0.valueWidth) = (1024, 1024) }?.contains("times its input") == true)
    #expect(Self.delta { ($0.keyHeads, $0.keyWidth) = (1, 512) } == nil)
  }

  @Test func `settings that need entries or attention are refused where a delta rule is`() {
    func problem(_ settings: PruningSettings) -> String? {
      Self.problem {
        $0.model.text.deltaLayers = [0]
        ($0.model.text.delta.keyWidth, $0.model.text.delta.valueWidth) = (8, 8)
        $0.points.append(OperatingPoint(name: "one", settings: settings))
      }
    }
    #expect(
      problem(PruningSettings(cacheRetention: CacheRetention(rates: [0.5, 0.5])))?.contains(
        "frees entries of layer 0, a gated delta rule, which has none") == true)
    #expect(
      problem(PruningSettings(layerReduction: LayerReduction(attentionLayers: [0])))?.contains(
        "names layer 0, which is a gated delta rule") == true)
    let fastV = PruningSettings(tokenPruning: TokenPruning(rule: .fastV, keepRatio: 0.5, layer: 0))
    #expect(problem(fastV)?.contains("attention of layer 0, which is a gated delta rule") == true)
    #expect(problem(PruningSettings(cacheRetention: CacheRetention(rates: [1, 0.5]))) == nil)
  }

  @Test(arguments: [0, -1, 65, .max]) func `a filter has a few taps`(taps: Int) {
    #expect(
      Self.problem { ($0.model.text.convolutionLayers, $0.model.text.convolutionTaps) = ([0], taps) } != nil)
  }

  @Test(arguments: [0, -1, .max]) func `a window has a width`(window: Int) {
    #expect(Self.problem { ($0.model.text.windowLayers, $0.model.text.window) = ([0], window) } != nil)
  }

  @Test(arguments: [0, -1, .nan, .infinity, 1e7]) func `embeddings have a factor`(scale: Double) {
    #expect(Self.problem { $0.model.text.embeddingScale = scale } != nil)
  }

  @Test func `nothing is freed where there are no entries`() {
    let rates = CacheRetention(rates: [0.5, 0.5])
    #expect(
      Self.problem(PruningSettings(cacheRetention: rates))?.contains(
        "frees entries of layer 0, a convolution, which has none") == true)
    #expect(Self.problem(PruningSettings(cacheRetention: CacheRetention(rates: [1, 0.5]))) == nil)
    #expect(TinyPlan.contents().model.text.retentionRates(0.5) == [0.5, 0.5])
  }

  @Test func `attention is asked for where there is some`() {
    let hollow = PruningSettings(layerReduction: LayerReduction(attentionLayers: [0]))
    #expect(Self.problem(hollow)?.contains("names layer 0, which is a convolution") == true)
    let fastV = PruningSettings(tokenPruning: TokenPruning(rule: .fastV, keepRatio: 0.5, layer: 0))
    #expect(Self.problem(fastV)?.contains("attention of layer 0, which is a convolution") == true)
    let other = PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 0))
    #expect(Self.problem(other) == nil)
  }

  @Test(arguments: [(0, 56), (57, 56), (28, 0), (32_768, 56), (28, .max)])
  func `tiles beside a native resolution fit its unit`(unit: Int, side: Int) {
    #expect(
      Self.problem {
        $0.model.vision.imageSize = 0
        var tiling = NativeTiling()
        tiling.side = side
        (tiling.resolution.unit, tiling.resolution.minimumPixels) = (unit, 784)
        tiling.resolution.maximumPixels = 78_400
        $0.image.tiling = .nativeTiles(tiling)
      } != nil)
  }

  @Test func `a resolution of tiles or of pixels`() {
    var tiling = NativeTiling()
    (tiling.side, tiling.minimumTiles, tiling.maximumTiles) = (56, 3, 6)
    (tiling.resolution.unit, tiling.resolution.minimumPixels) = (28, 784)
    tiling.resolution.maximumPixels = 78_400
    let native = ImageTiling.nativeTiles(tiling)
    #expect(native.problem(at: Resolution(.tiles, 2)) != nil)
    #expect(native.problem(at: Resolution(.tiles, 0)) == nil)
    #expect(native.problem(at: Resolution(.pixels, 783)) != nil)
    #expect(native.limited(to: Resolution(.pixels, 78_400)) == native)
    #expect(native.limited(to: Resolution(.tiles, 6)) == native)
    guard case .nativeTiles(let small) = native.limited(to: Resolution(.pixels, 1000)) else {
      Issue.record("another tiling")
      return
    }
    #expect(!small.splits && small.resolution.maximumPixels == 1000)
  }
}
