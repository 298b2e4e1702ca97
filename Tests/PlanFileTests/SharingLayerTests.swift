import Testing
import TestSupport
import TinyPlans

@testable import Plan

/// What a plan may say of layers that read the keys and values of others, and what its settings may ask of them.
@Suite(.endsWithin(minutes: 1)) struct SharingLayerTests {
  /// Five layers, of which the last two read what layers 1 and 2 keep; layers 0, 1 and 3 have a window.
  private static func sharing(_ contents: inout PlanContents) {
    contents.calibration = nil
    (contents.points, contents.front) = ([.dense], [])
    (contents.model.text.layers, contents.model.text.sharingLayers) = (5, 2)
    contents.model.text.windowLayers = [0, 1, 3]
  }

  private static func problem(_ change: (inout PlanContents) -> Void) -> String? {
    var contents = TinyPlan.contents()
    sharing(&contents)
    change(&contents)
    do throws(Flaw) {
      try contents.validate()
      return nil
    } catch { return "\(error.object): \(error.reason)" }
  }

  private static func problem(_ settings: PruningSettings) -> String? {
    problem { $0.points.append(OperatingPoint(name: "one", settings: settings)) }
  }

  private static var text: TextModel {
    var contents = TinyPlan.contents()
    sharing(&contents)
    return contents.model.text
  }

  @Test func `a layer reads what the last one of its kind keeps`() {
    #expect((0..<5).map(Self.text.entryLayer(of:)) == [0, 1, 2, 1, 2])
    #expect(Self.text.entryLayers == [0, 1, 2] && Self.text.sharedEntryLayers == [1, 2])
    #expect(Self.text.entryDepth == 3 && Self.text.lastLeavingLayer == 0)
    #expect(Self.text.retentionRates(0.5) == [0.5, 0.5, 0.5, 1, 1])
  }

  @Test func `such a layer has queries alone, and heads and neurons of its own number`() {
    var text = Self.text
    (text.windowHeadWidth, text.sharingFeedForwardWidth) = (2 * text.headWidth, 3 * text.feedForwardWidth)
    let own = text.attentionShape(of: 2), shared = text.attentionShape(of: 4)
    #expect(own.fusedRows == own.queryWidth + 2 * own.keyWidth && shared.fusedRows == shared.queryWidth)
    #expect(text.attentionShape(of: 1).queryWidth == 2 * own.queryWidth)
    #expect((0..<5).map(text.feedForwardWidth(of:)).map { $0 / text.feedForwardWidth } == [1, 1, 1, 3, 3])
    #expect(text.widestFeedForward == 3 * text.feedForwardWidth)
  }

  @Test(arguments: [-1, 5, 6, .max]) func `some layers are left that keep something`(count: Int) {
    #expect(Self.problem { $0.model.text.sharingLayers = count } != nil)
  }

  @Test func `a layer of each kind is before those that share`() {
    #expect(Self.problem { _ in } == nil)
    #expect(
      Self.problem { $0.model.text.windowLayers = [3] }
        == "/model/text: layer 3 of sharing_layers finds no layer of its kind with keys and values")
    #expect(
      Self.problem { $0.model.text.convolutionLayers = [4] }
        == "/model/text: sharing_layers has layer 4, which is a convolution")
  }

  @Test(arguments: [-2, 3, .max]) func `heads with a window are of an even width`(width: Int) {
    #expect(Self.problem { $0.model.text.windowHeadWidth = width } != nil)
  }

  @Test func `entries are freed where they are written`() {
    let rates = CacheRetention(rates: [1, 0.5, 0.5, 0.5, 1])
    #expect(
      Self.problem(PruningSettings(cacheRetention: rates))?.hasSuffix(
        "frees entries of layer 3, which reads those of layer 1") == true)
    #expect(Self.problem(PruningSettings(cacheRetention: CacheRetention(rates: [1, 0.5, 0.5, 1, 1]))) == nil)
  }

  @Test func `tokens leave before what others read is written`() {
    for layer in [-1, 0] {
      let early = PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: layer))
      #expect(Self.problem(early) == nil)
    }
    for layer in 1..<4 {
      let late = PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: layer))
      #expect(
        Self.problem(late)?.hasSuffix(
          "prune_layer is \(layer), but visual tokens must have left before layer 1, whose keys and values later layers read"
        ) == true)
      #expect(Self.problem(PruningSettings(horizon: Horizon(layer: layer))) != nil)
    }
    #expect(Self.problem(PruningSettings(horizon: Horizon(layer: 0))) == nil)
    #expect(Self.problem(PruningSettings(horizon: Horizon(layer: 4))) == nil)
  }

  @Test func `what layers have of each token's own fits the vocabulary`() {
    func problem(_ change: (inout TextModel) -> Void) -> String? {
      Self.problem {
        ($0.model.text.layerEmbeddingWidth, $0.model.text.layerEmbeddingVocabulary) = (
          4, $0.model.text.vocabulary
        )
        change(&$0.model.text)
      }
    }
    #expect(problem { _ in } == nil)
    #expect(problem { $0.layerEmbeddingVocabulary -= 1 } != nil)
    #expect(problem { $0.layerEmbeddingVisualToken = $0.layerEmbeddingVocabulary } != nil)
    #expect(problem { $0.layerEmbeddingWidth = .max } != nil)
    #expect(problem { $0.rotary.sections = [1, 1, $0.rotary.width / 2 - 2] } != nil)
  }

  @Test(arguments: [-1, .nan, .infinity, 1e7]) func `logits have a finite bound`(cap: Double) {
    #expect(Self.problem { $0.model.text.logitCap = cap } != nil)
  }
}
