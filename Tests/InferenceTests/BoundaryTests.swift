import Compute
import Inference
import Models
import PlanFormat
import TestSupport
import Testing

/// The engine can stop and go on at a layer boundary, and feed known tokens at once or one by one.
@Suite struct BoundaryTests {
  static let points: [PruningSettings] = [
    .dense,
    PruningSettings(tokens: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1, recoveryStride: 3)),
    PruningSettings(
      tokens: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 0),
      reduction: LayerReduction(feedForwardLayers: [1, 3], attentionLayers: [2], attentionWindow: 3),
      retention: CacheRetention(rates: [1, 0.5, 0.25, 0])),
  ]

  @Test(arguments: points.indices, [0, 1, 2, 3, 4]) func `a run in two parts is one run`(
    point: Int, boundary: Int
  ) throws {
    let engine = try TinyModel.engine()
    let prompt = try TinyModel.prompt(engine, images: 2)
    let schedule = try Schedule(Self.points[point], layers: 4)
    let whole = try engine.run(prompt, Self.points[point])
    let expected = engine.allLogits(whole)
    let decoded = engine.decoded([4, 8], after: whole)

    var observer = NoObserver()
    let first = engine.prefill(
      prompt.copy(), schedule: schedule, through: boundary, reserve: 8, observer: &observer)
    let second = engine.prefill(
      prompt.replacing(first.rows), schedule: schedule, from: boundary, reserve: 8,
      cache: first.cache, observer: &observer)
    #expect(engine.allLogits(second) == expected)
    #expect(engine.decoded([4, 8], after: second) == decoded)
    #expect(second.nextPosition == whole.nextPosition)
    #expect(second.rows.positions == whole.rows.positions)
  }

  @Test(arguments: points.indices) func `known tokens at once give what decoding one by one gives`(
    point: Int
  ) throws {
    let engine = try TinyModel.engine()
    let result = try engine.run(try TinyModel.prompt(engine), Self.points[point])
    let answer: [Int32] = [5, 9, 30, 5, 0, 49]
    let one = engine.decoded(answer, after: result)
    var cache = result.cache
    let counts = cache.layers.map(\.count)
    let atOnce = engine.extend(answer, after: result, cache: &cache)
    #expect(largestDifference(atOnce.elements, one) < 1e-4)
    #expect(cache.layers.map(\.count) == counts)
    #expect(largestDifference(engine.extend(answer, after: result, cache: &cache).elements, one) < 1e-4)
    #expect(engine.extend([], after: result, cache: &cache).rows == 0)
  }

  @Test func `an answer appended to the prompt gives what decoding it gives`() throws {
    let engine = try TinyModel.engine()
    let prompt = try TinyModel.prompt(engine)
    let answer: [Int32] = [5, 9, 30]
    let decoded = engine.decoded(answer, after: try engine.run(prompt))
    let appended = try engine.run(engine.append(answer, to: prompt))
    let rows = prompt.rows.count..<prompt.rows.count + 3
    #expect(largestDifference(engine.logits(of: appended, rows: rows).elements, decoded) < 1e-4)
  }

  @Test(arguments: points.indices, [2, 3]) func `threads do not change the result`(point: Int, threads: Int)
    throws
  {
    let one = try TinyModel.engine()
    let many = try TinyModel.engine(threads: threads)
    let (left, right) = (
      try one.run(try TinyModel.prompt(one), Self.points[point]),
      try many.run(try TinyModel.prompt(many), Self.points[point])
    )
    #expect(left.rows.positions == right.rows.positions)
    #expect(largestDifference(one.allLogits(left), many.allLogits(right)) < 1e-5)
  }

  @Test func `an observer sees every layer's input, attention and norm, and changes nothing`() throws {
    let engine = try TinyModel.engine()
    let prompt = try TinyModel.prompt(engine)
    var recorder = Recorder(watchedRows: 2)
    let seen = engine.prefill(prompt.copy(), schedule: Schedule(layers: 4), observer: &recorder)
    #expect(engine.allLogits(seen) == engine.allLogits(try engine.run(prompt)))
    #expect(recorder.inputs.count == 4 && recorder.normed.count == 4)
    #expect(recorder.inputs[0].hidden.elements == prompt.rows.hidden.elements)
    #expect(recorder.attention.allSatisfy { $0.rows == 2 * 4 && $0.columns == prompt.rows.count })
    #expect(recorder.normed.allSatisfy { $0.rows == prompt.rows.count })
  }

  @Test func `one engine runs one sequence after another`() throws {
    let engine = try TinyModel.engine()
    let short = try TinyModel.prompt(engine, images: 1)
    let expected = engine.allLogits(try engine.run(short))
    _ = try engine.run(try TinyModel.prompt(engine, images: 3, textAfter: 40), Self.points[2])
    #expect(engine.allLogits(try engine.run(short)) == expected)
  }
}
