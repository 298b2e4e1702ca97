import Compute
import Inference
import Models
import Plan
import Testing
import TestSupport

/// The context can stop and go on at a layer boundary, and feed known tokens at once or one by one.
@Suite(.endsWithin(minutes: 1)) struct BoundaryTests {
  static let points: [PruningSettings] = [
    .dense,
    PruningSettings(
      tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1, recoveryStride: 3)),
    PruningSettings(
      tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 0),
      layerReduction: LayerReduction(feedForwardLayers: [1, 3], attentionLayers: [2], attentionWindow: 3),
      cacheRetention: CacheRetention(rates: [1, 0.5, 0.25, 0])),
  ]

  @Test(arguments: points.indices, [0, 1, 2, 3, 4]) func `a run in two parts is one run`(
    point: Int, boundary: Int
  ) throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: 2)
    let schedule = try Schedule(Self.points[point], for: TinyModel.description)
    let whole = try context.run(prompt, Self.points[point])
    let expected = context.allLogits(whole)
    let decoded = context.decoded([4, 8], after: whole)

    var observer = NoObserver()
    var below = PrefillRange(from: 0, to: boundary)
    below.reserve = 8
    let first = try context.prefill(prompt.copy(), schedule: schedule, below, observer: &observer)
    var above = PrefillRange(from: boundary, cache: first.cache)
    above.reserve = 8
    let second = try context.prefill(
      prompt.replacing(first.rows), schedule: schedule, above, observer: &observer)
    #expect(context.allLogits(second) == expected)
    #expect(context.decoded([4, 8], after: second) == decoded)
    #expect(second.nextPosition == whole.nextPosition)
    #expect(second.rows.positions == whole.rows.positions)
  }

  @Test(arguments: points.indices) func `known tokens at once give what decoding one by one gives`(
    point: Int
  ) throws {
    let context = try TinyModel.context()
    let result = try context.run(try TinyModel.prompt(context), Self.points[point])
    let answer: [Int32] = [5, 9, 30, 5, 0, 49]
    let one = context.decoded(answer, after: result)
    let state = context.startDecoding(result.copy(reserve: 0))
    let counts = state.cache.layers.map(\.count)
    for _ in 0..<2 {
      let atOnce = context.extend(answer, at: state.position, cache: state.cache)
      #expect(largestDifference(atOnce.elements, one) < 1e-4)
      #expect(state.cache.layers.map(\.count) == counts)
    }
    #expect(context.extend([], at: state.position, cache: state.cache).rows == 0)
  }

  @Test func `an answer appended to the prompt gives what decoding it gives`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    let answer: [Int32] = [5, 9, 30]
    let decoded = context.decoded(answer, after: try context.run(prompt))
    let appended = try context.run(context.append(answer, to: prompt))
    let rows = prompt.rows.count..<prompt.rows.count + 3
    #expect(largestDifference(context.logits(of: appended, rows: rows).elements, decoded) < 1e-4)
  }

  @Test(arguments: points.indices, [2, 3, 8]) func `threads do not change the result`(
    point: Int, threads: Int
  )
    throws
  {
    let one = try TinyModel.context()
    let many = try TinyModel.context(threads: threads)
    let left = try one.run(try TinyModel.prompt(one), Self.points[point])
    let right = try many.run(try TinyModel.prompt(many), Self.points[point])
    #expect(left.rows.positions == right.rows.positions)
    #expect(one.allLogits(left) == many.allLogits(right))
  }

  @Test func `an observer sees every layer's input, attention and norm, and changes nothing`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    var recorder = Recorder(watchedRows: 2)
    let seen = try context.prefill(prompt.copy(), schedule: Schedule(layers: 4), observer: &recorder)
    #expect(context.allLogits(seen) == context.allLogits(try context.run(prompt)))
    #expect(recorder.inputs.count == 4 && recorder.normed.count == 4)
    #expect(recorder.inputs[0].hidden.elements == prompt.rows.hidden.elements)
    #expect(recorder.attention.allSatisfy { $0.rows == 2 * 4 && $0.columns == prompt.rows.count })
    #expect(recorder.normed.allSatisfy { $0.rows == prompt.rows.count })
  }

  @Test func `one context runs one sequence after another`() throws {
    let context = try TinyModel.context()
    let short = try TinyModel.prompt(context, images: 1)
    let expected = context.allLogits(try context.run(short))
    _ = try context.run(try TinyModel.prompt(context, images: 3, textAfter: 40), Self.points[2])
    #expect(context.allLogits(try context.run(short)) == expected)
  }
}
