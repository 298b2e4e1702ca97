import Compute
import Inference
import Models
import Plan
import Testing
import TestSupport

/// All visual tokens leave behind a layer.
@Suite(.endsWithin(minutes: 1)) struct HorizonTests {
  private let context: Context
  private let prompt: PromptRows

  init() throws {
    context = try TinyModel.context()
    prompt = try TinyModel.prompt(context, images: 2)
  }

  @Test(arguments: 0..<4) func `layers behind the horizon hold text alone, earlier ones all`(layer: Int)
    throws
  {
    let result = try context.run(prompt, PruningSettings(horizon: Horizon(layer: layer)))
    let (text, visual) = (prompt.rows.count - 32, 32)
    #expect(result.cache.layers.map(\.visualCount) == (0..<4).map { $0 <= layer ? visual : 0 })
    #expect(result.cache.layers.map(\.count) == (0..<4).map { $0 <= layer ? text + visual : text })
    #expect(result.rows.count == text && result.rows.visualCount == 0)
    // The tokens were not chosen among: none was dropped by token pruning.
    #expect(result.counts.visualKept == visual && result.visual == visual)
  }

  @Test func `text rows keep their positions, and decoding goes on behind the whole prompt`() throws {
    let result = try context.run(prompt, PruningSettings(horizon: Horizon(layer: 1)))
    let text = prompt.rows.visualIndices.indices.filter { prompt.rows.visualIndices[$0] < 0 }
    #expect(result.rows.positions == text.map { prompt.rows.positions[$0] })
    #expect(result.nextPosition == prompt.rows.nextPosition && result.length == prompt.rows.count)
  }

  @Test func `behind the last layer nothing changes`() throws {
    let dense = try context.run(prompt)
    let result = try context.run(prompt, PruningSettings(horizon: Horizon(layer: 3)))
    let last = dense.rows.count - 1
    #expect(
      context.logits(of: dense, rows: last..<last + 1).elements
        == context.logits(of: result, rows: result.rows.count - 1..<result.rows.count).elements)
    #expect(context.decoded([5, 9, 30], after: result) == context.decoded([5, 9, 30], after: dense))
  }

  @Test(arguments: 0..<3) func `the layers behind run as if the text stood alone there`(layer: Int) throws {
    let result = try context.run(prompt, PruningSettings(horizon: Horizon(layer: layer)))
    var recorder = Recorder()
    _ = try context.prefill(prompt.copy(), schedule: Schedule(layers: 4), observer: &recorder)
    let rows = recorder.inputs[layer + 1]
    rows.keep(rows.textRuns.flatMap { Array($0) })
    let byHand = try context.prefill(
      prompt.replacing(rows), schedule: Schedule(layers: 4), PrefillRange(from: layer + 1))
    #expect(context.allLogits(result) == context.allLogits(byHand))
    #expect(
      context.allLogits(result) != context.allLogits(try context.run(prompt)).suffix(byHand.rows.count * 50))
  }

  @Test func `with token pruning and retention each does its part in its layers`() throws {
    let settings = PruningSettings(
      tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 0),
      cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.5, 0.5]), horizon: Horizon(layer: 2))
    let result = try context.run(prompt, settings)
    #expect(result.cache.layers.map(\.visualCount) == [16, 8, 8, 0])
    #expect(result.counts.visualKept == 16)
    let counted = (0..<4).map { settings.visualEntries(of: $0, 32, kept: settings.keptTokens(of: 32)) }
    #expect(counted == [16, 8, 8, 0])
    #expect(counted.reduce(0, +) == Double(result.counts.visualEntries))
  }

  @Test func `a prompt without pictures runs as it is`() throws {
    let text = try context.embed(PromptLayout(parts: (1...6).map { .token($0) }), images: [])
    let result = try context.run(text, PruningSettings(horizon: Horizon(layer: 0)))
    #expect(context.allLogits(result) == context.allLogits(try context.run(text)))
  }

  @Test func `work behind the horizon is that of the text`() {
    let counter = OperationCounter(TinyModel.description.text)
    func work(_ settings: PruningSettings) -> Double {
      counter.prefill(text: 8, visual: 16, kept: 16, settings: settings)
    }
    let text = counter.prefill(text: 8, visual: 0, kept: 0, settings: .dense)
    let head = Double(2 * 24 * 50)
    let (dense, one) = ((work(.dense) - head) / 4, (text - head) / 4)
    for layer in 0..<4 {
      let expected = head + Double(layer + 1) * dense + Double(3 - layer) * one
      #expect(abs(work(PruningSettings(horizon: Horizon(layer: layer))) / expected - 1) < 1e-12)
    }
  }

  @Test func `a horizon asks to remove something, unless it is behind the last layer`() {
    #expect(PruningSettings(horizon: Horizon(layer: 2)).asksToRemove(visual: 16, images: 1, layers: 4))
    #expect(!PruningSettings(horizon: Horizon(layer: 3)).asksToRemove(visual: 16, images: 1, layers: 4))
    #expect(!PruningSettings(horizon: Horizon(layer: 0)).asksToRemove(visual: 0, images: 0, layers: 4))
  }
}
