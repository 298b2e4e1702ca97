import Compute
import Inference
import Models
import Plan
import Testing
import TestSupport

/// The counter by hand formulas, and by the figures the papers print.
@Suite(.endsWithin(minutes: 1)) struct OperationCounterTests {
  /// LLaVA-1.5-7B's decoder.
  private static var llava: TextModel {
    var model = TextModel()
    model.layers = 32
    model.width = 4096
    model.queryHeads = 32
    model.keyValueHeads = 32
    model.headWidth = 128
    model.feedForwardWidth = 11_008
    model.vocabulary = 32_064
    return model
  }

  @Test(arguments: [(0.5, 4, 0.352), (0.45, 0, 0.516), (0.25, 3, 0.469)])
  func `TopV's rows: 35, 51 and 47 % of the visual operations cut`(
    keep: Double, recovery: Int, cut: Double
  ) {
    let pruning = TokenPruning(rule: .stride, keepRatio: keep, layer: 1, recoveryStride: recovery)
    let nothing = MatrixView(rows: 0, columns: 0)
    let grid = ImageGrid(firstVisual: 0, rows: 24, columns: 24)
    let kept = TokenSelector(pruning, Workers(count: 1)).keep(
      TokenEvidence(sources: nothing, targets: nothing), grid: grid)
    let counter = OperationCounter(Self.llava)
    let pruned = counter.visualLinear(
      visual: 576, kept: kept.count, settings: PruningSettings(tokenPruning: pruning))
    let dense = counter.visualLinear(visual: 576, kept: 576, settings: .dense)
    #expect(abs(1 - pruned / dense - cut) < 0.0006)
  }

  @Test func `dense is projections, FFN, allowed pairs and one row of logits`() {
    let model = TinyModel.description.text  // d 24, H 4, Hkv 2, dh 8, m 40, V 50, L 4
    let rows = 8.0 + 16
    let linear = 2 * rows * (24 * (4 + 2 + 2) * 8 + 4 * 8 * 24 + 3 * 24 * 40)
    let pairs = rows * (rows + 1) / 2 * 2 * 2 * 4 * 8
    let expected = 4 * (linear + pairs) + 2 * 24 * 50
    #expect(OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense) == expected)
  }

  @Test(arguments: [1, 5, 23, 24, 100])
  func `windows and whole pictures count the pairs that they allow`(window: Int) {
    var model = TinyModel.description.text
    let counter = OperationCounter(model)
    let dense = counter.prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    (model.windowLayers, model.window) = ([1, 2], window)
    let hidden = (0..<24).reduce(0) { sum, query in sum + (0...query).count { query - $0 >= window } }
    let windowed = OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    #expect(dense - windowed == Double(2 * hidden * 4 * 4 * 8))
    (model.windowLayers, model.pictureAttention) = ([], .whole)
    let whole = OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    #expect(whole - dense == Double(4 * 16 * 15 / 2 * 4 * 4 * 8))
  }

  @Test func `a convolution costs its projections and its filter`() {
    var model = TinyModel.description.text
    let before = OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    model.convolutionLayers = [1]
    let after = OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    let attention = 2 * 24 * (24 * (4 + 2 + 2) * 8 + 4 * 8 * 24) + 24 * 25 / 2 * 4 * 4 * 8
    #expect(before - after == Double(attention - 2 * 24 * (4 * 24 * 24 + 3 * 24)))
  }

  @Test func `a delta rule costs its projections, its filter and three passes over its state`() {
    var model = TinyModel.description.text
    let before = OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    model.deltaLayers = [1]
    (model.delta.keyHeads, model.delta.valueHeads) = (2, 4)
    (model.delta.keyWidth, model.delta.valueWidth) = (5, 6)
    let after = OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    let attention = 2 * 24 * (24 * (4 + 2 + 2) * 8 + 4 * 8 * 24) + 24 * 25 / 2 * 4 * 4 * 8
    // 44 columns are filtered, 24 are gates and 24 are what the heads give; 8 are rates.
    let delta = 2 * 24 * (24 * (44 + 24 + 24 + 8) + 4 * 44 + 3 * 24 * 5)
    #expect(before - after == Double(attention - delta))
  }

  @Test func `gates of attention cost a projection`() {
    var model = TinyModel.description.text
    let before = OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    model.attentionGate = true
    let after = OperationCounter(model).prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    #expect(after - before == Double(4 * 2 * 24 * 24 * 4 * 8))
  }

  @Test(arguments: [1, 5, 15, 16, 100]) func `hollow attention counts the pairs its mask allows`(window: Int)
  {
    let model = TinyModel.description.text
    let settings = PruningSettings(
      layerReduction: LayerReduction(attentionLayers: [1, 2], attentionWindow: window))
    let counter = OperationCounter(model)
    let saved =
      counter.prefill(text: 8, visual: 16, kept: 16, settings: .dense)
      - counter.prefill(text: 8, visual: 16, kept: 16, settings: settings)
    let hidden = (0..<16).reduce(0) { sum, query in sum + (0...query).count { query - $0 >= window } }
    #expect(saved == Double(2 * hidden * 4 * 4 * 8))
  }

  @Test func `a probed FFN counts the kept neurons and the probing`() {
    let model = TinyModel.description.text
    let settings = PruningSettings(layerReduction: LayerReduction(feedForwardLayers: [3], neuronShare: 0.2))
    let counter = OperationCounter(model)
    let saved =
      counter.prefill(text: 8, visual: 16, kept: 16, settings: .dense)
      - counter.prefill(text: 8, visual: 16, kept: 16, settings: settings)
    // 16 rows use 8 of 40 neurons; one probe row runs gate and up of all 40.
    #expect(saved == Double(2 * (16 * 3 * 24 * (40 - 8) - 2 * 24 * 40)))
  }

  @Test func `leading neurons cost what they are`() {
    let model = TinyModel.description.text
    let settings = PruningSettings(
      layerReduction: LayerReduction(feedForwardLayers: [3], neurons: .leading, neuronShare: 0.2))
    let counter = OperationCounter(model)
    let saved =
      counter.prefill(text: 8, visual: 16, kept: 16, settings: .dense)
      - counter.prefill(text: 8, visual: 16, kept: 16, settings: settings)
    // 16 rows use one block of 32 of 40 neurons.
    #expect(saved == Double(2 * 16 * 3 * 24 * (40 - 32)))
  }

  @Test func `tokens are missing only behind the prune layer`() {
    let counter = OperationCounter(TinyModel.description.text)
    let totals = (0..<4).map { layer in
      counter.prefill(
        text: 8, visual: 16, kept: 4,
        settings: PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.25, layer: layer)))
    }
    let dense = counter.prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    #expect(totals[3] == dense)
    #expect(totals == totals.sorted())
    #expect(Set(zip(totals.dropFirst(), totals).map { $0.0 - $0.1 }).count == 1)
  }

  @Test func `every reduction lowers the count, and more of it lowers it more`() {
    let counter = OperationCounter(Self.llava)
    func count(_ reduction: LayerReduction?, keep: Double = 1) -> Double {
      var settings = PruningSettings(layerReduction: reduction)
      if keep < 1 { settings.tokenPruning = TokenPruning(rule: .stride, keepRatio: keep, layer: 1) }
      return counter.prefill(text: 50, visual: 576, kept: Int(keep * 576), settings: settings)
    }
    let layers = Array(0..<32)
    let steps = [
      count(nil), count(LayerReduction(attentionLayers: [5])), count(LayerReduction(attentionLayers: layers)),
      count(LayerReduction(feedForwardLayers: [5], attentionLayers: layers)),
      count(LayerReduction(feedForwardLayers: layers, attentionLayers: layers)),
      count(LayerReduction(feedForwardLayers: layers, attentionLayers: layers, neuronShare: 0.1)),
      count(LayerReduction(feedForwardLayers: layers, attentionLayers: layers, neuronShare: 0.1), keep: 0.5),
    ]
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func `reductions that reduce nothing cost what dense costs`() {
    let counter = OperationCounter(TinyModel.description.text)
    let all = PruningSettings(
      layerReduction: LayerReduction(
        feedForwardLayers: [0, 1, 2, 3], attentionLayers: [0, 1, 2, 3], neuronShare: 1, attentionWindow: 16))
    let dense = counter.prefill(text: 8, visual: 16, kept: 16, settings: .dense)
    #expect(counter.prefill(text: 8, visual: 16, kept: 16, settings: all) == dense)
    let textOnly = counter.prefill(text: 8, visual: 0, kept: 0, settings: .dense)
    #expect(counter.prefill(text: 8, visual: 0, kept: 0, settings: all) == textOnly)
  }
}
