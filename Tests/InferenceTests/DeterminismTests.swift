import Compute
import Foundation
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport

/// The same plan, input and kernels give the same bits, however many threads there are.
@Suite(.endsWithin(minutes: 5)) struct DeterminismTests {
  @Test(arguments: WeightFormat.allCases)
  func `threads change no bit of an answer, dense or pruned`(format: WeightFormat) throws {
    let folder = try TemporaryFolder()
    let model = try Model(Plan(contentsOf: try ReferencePlan.plan(format, in: folder)))
    let layers = model.text.layers
    let settings: [PruningSettings] = [
      .dense,
      PruningSettings(
        tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.4, layer: 1, recoveryStride: 6),
        layerReduction: LayerReduction(
          feedForwardLayers: Array(0..<layers), attentionLayers: [layers - 1], attentionWindow: 32),
        cacheRetention: CacheRetention(
          rates: Array(repeating: 0.4, count: layers), ranking: .window, evenShare: 0.75)),
    ]
    let results = try [1, 2, 3, 8].map { threads in
      try settings.map { try bits(Context(model, threads: threads), $0) }
    }
    for result in results { #expect(result == results[0]) }
  }

  @Test(arguments: FamilyGolden.firstOfEachFamily())
  func `threads change no bit in any family`(golden: FamilyGolden) throws {
    let folder = try TemporaryFolder()
    let model = try Model(Plan(contentsOf: try golden.plan(in: folder)))
    let test = try #require(golden.cases.first)
    let results = try [1, 2, 3, 8].map { threads in
      let context = Context(model, threads: threads)
      let prompt = try FamilyRun.prompt(context, golden, test)
      let result = try context.prefill(prompt, schedule: Schedule(layers: model.text.layers))
      return context.logits(of: result, rows: 0..<result.rows.count).elements.map(\.bitPattern)
    }
    for result in results { #expect(result == results[0]) }
  }

  /// Logits of the kept rows and of some decoded tokens.
  private func bits(_ context: Context, _ settings: PruningSettings) throws -> [UInt32] {
    let picture = ReferencePlan.scenes.appendingPathComponent("images/test-003.jpg").path
    let prompt = try context.embed(
      try context.model.layout(prompt: "Describe the image.", images: 1),
      images: [try context.encode(try context.model.prepareImage(at: picture))])
    let result = try context.prefill(
      prompt, schedule: try context.model.schedule(settings), PrefillRange(reserve: 8))
    var values = context.logits(of: result, rows: 0..<result.rows.count).elements
    var state = context.startDecoding(result)
    for token in [5, 7, 9] as [Int32] {
      context.decode(token, &state)
      values += state.logits.elements
    }
    return values.map(\.bitPattern)
  }
}
