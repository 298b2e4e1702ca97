import Compute
import Models
import Plan
import Testing
import TestSupport

/// One decoder, many ways to run it, the same numbers.
@Suite(.endsWithin(minutes: 1)) struct DecoderTests {
  @Test(arguments: [1, 3], [false, true]) func `token by token equals one prefill`(chunk: Int, biased: Bool)
    throws
  {
    let decoder = try decoder(biased: biased)
    let whole = DecoderRun(decoder).hidden(input(13), chunks: [13])
    let sizes = stride(from: 0, to: 13, by: chunk).map { min(chunk, 13 - $0) }
    let pieces = DecoderRun(decoder).hidden(input(13), chunks: sizes)
    #expect(largestDifference(whole, pieces) < 1e-4)
  }

  @Test func `a later token changes nothing before it`() throws {
    let decoder = try decoder()
    let changed = input(13)
    changed[9, 4] += 5
    let before = DecoderRun(decoder).hidden(input(13), chunks: [13])
    let after = DecoderRun(decoder).hidden(changed, chunks: [13])
    let split = 9 * decoder.model.width
    #expect(largestDifference(Array(before[..<split]), Array(after[..<split])) < 1e-6)
    #expect(largestDifference(Array(before[split...]), Array(after[split...])) > 1e-2)
  }

  @Test func `only the distance of positions matters, not where they start`() throws {
    let decoder = try decoder()
    let near = DecoderRun(decoder).hidden(input(9), chunks: [9])
    let far = DecoderRun(decoder).hidden(input(9), chunks: [9], firstPosition: 100)
    #expect(largestDifference(near, far) < 1e-4)
    let apart = DecoderRun(decoder).hidden(input(9), chunks: [9], positions: [0, 1, 2, 3, 9, 10, 11, 30, 31])
    #expect(largestDifference(near, apart) > 1e-3)
  }

  @Test(arguments: [2, 3]) func `threads do not change the result`(threads: Int) throws {
    let decoder = try decoder()
    let one = DecoderRun(decoder, threads: 1).hidden(input(150), chunks: [150])
    let many = DecoderRun(decoder, threads: threads).hidden(input(150), chunks: [150])
    #expect(largestDifference(one, many) < 1e-5)
  }

  @Test func `bfloat16 weights and cache give about what the same numbers give in float32`() throws {
    func run(_ storage: RandomWeights.Storage, _ cache: CachePrecision? = nil) throws -> [Float] {
      let decoder = try Decoder(
        TinyModel.description.text, weights: RandomWeights(seed: 1, storage: storage), cachePrecision: cache)
      return DecoderRun(decoder).hidden(input(20), chunks: [20])
    }
    let exact = try run(.roundedFloat32)
    #expect(largestDifference(try run(.bfloat16), exact) < 0.05)
    #expect(largestDifference(try run(.roundedFloat32, .bfloat16), exact) < 0.05)
    #expect(largestDifference(try run(.roundedFloat32, .bfloat16), exact) > 0)
  }

  @Test func `a tied head gives the products with the embedding`() throws {
    var model = TinyModel.description.text
    model.tiedHead = true
    let decoder = try Decoder(model, weights: RandomWeights(seed: 1))
    let workspace = decoder.makeWorkspace()
    workspace.reserve(rows: 1, positions: 1)
    let hidden = input(1)
    let logits = MatrixView(rows: 1, columns: model.vocabulary)
    decoder.logits(of: hidden, into: logits, workspace, Workers(count: 1))
    let norm = try RandomWeights(seed: 1).vector("text/final_norm", count: model.width).elements
    let x = hidden.row(0).map(Double.init)
    let scale = 1 / (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + model.normEpsilon).squareRoot()
    let row = MatrixView(rows: 1, columns: model.width)
    for token in 0..<model.vocabulary {
      decoder.embed(Int32(token), into: row, row: 0)
      let expected = (0..<x.count).reduce(0.0) { $0 + x[$1] * scale * Double(norm[$1]) * Double(row[0, $1]) }
      #expect(abs(Double(logits[0, token]) - expected) < 1e-5)
    }
  }

  @Test func `a missing tensor is named`() throws {
    struct Nothing: ModelWeights {
      func matrix(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
        throw ModelError(name, "is missing")
      }
      func vector(_ name: String, count: Int) throws(ModelError) -> WeightVector {
        throw ModelError(name, "is missing")
      }
    }
    let error = #expect(throws: ModelError.self) {
      _ = try Decoder(TinyModel.description.text, weights: Nothing())
    }
    #expect(error?.description == "text/embedding: is missing")
  }
}

/// RedundancyLens' hollow attention in a whole layer.
@Suite(.endsWithin(minutes: 1)) struct HollowLayerTests {
  private static let visual = [-1, -1, 0, 1, 2, 3, 4, 5, -1, -1].map(Int32.init)

  @Test(arguments: [6, 7, 1000]) func `a window of at least all visual tokens is causal, to the bit`(
    window: Int
  ) throws {
    let decoder = try decoder()
    let hollow = DecoderRun(decoder).hidden(
      input(10), chunks: [10], visual: Self.visual, schedule: LayerSchedule(attentionWindow: window))
    let causal = DecoderRun(decoder).hidden(input(10), chunks: [10], visual: Self.visual)
    #expect(hollow == causal)
  }

  @Test(arguments: [1, 2, 3, 5]) func `a visual token beyond the window is not seen by visual queries`(
    window: Int
  ) throws {
    let decoder = try decoder()
    func firstLayer(_ hidden: MatrixView) -> MatrixView {
      DecoderRun(decoder).run(
        hidden, layers: 0..<1, visual: Self.visual, schedule: LayerSchedule(attentionWindow: window))
    }
    let changed = input(10)
    changed[2, 0] += 4  // the first visual token
    let before = firstLayer(input(10))
    let after = firstLayer(changed)
    for row in 3..<10 {
      let difference = largestDifference(before.row(row), after.row(row))
      let isSeen = row >= 8 || row - 2 < window
      #expect(isSeen ? difference > 1e-4 : difference == 0, "row \(row)")
    }
  }

  @Test func `every query sees the text before it`() throws {
    let decoder = try decoder()
    func firstLayer(_ hidden: MatrixView) -> MatrixView {
      DecoderRun(decoder).run(
        hidden, layers: 0..<1, visual: Self.visual, schedule: LayerSchedule(attentionWindow: 1))
    }
    let changed = input(10)
    changed[1, 0] += 4
    let before = firstLayer(input(10))
    let after = firstLayer(changed)
    #expect((2..<10).allSatisfy { largestDifference(before.row($0), after.row($0)) > 1e-4 })
  }
}

/// The attention rows that a layer hands out beside its work.
@Suite(.endsWithin(minutes: 1)) struct WatchedRowsTests {
  @Test(arguments: [1, 2, 5]) func `are distributions over the keys that the last rows see`(watched: Int)
    throws
  {
    let decoder = try decoder()
    let run = DecoderRun(decoder)
    let attention = try #require(run.attention(input(7), watched: watched))
    let heads = decoder.model.queryHeads
    #expect(attention.rows == watched * heads && attention.columns == 7)
    for line in 0..<attention.rows {
      let visible = 7 - watched + line / heads + 1
      let row = attention.row(line)
      #expect(abs(row.reduce(0, +) - 1) < 1e-5)
      #expect(row[..<visible].allSatisfy { $0 > 0 } && row[visible...].allSatisfy { $0 == 0 })
    }
  }

  @Test func `none are made when none are asked for`() throws {
    #expect(DecoderRun(try decoder()).attention(input(7), watched: 0) == nil)
  }
}

private func decoder(biased: Bool = false) throws -> Decoder {
  var model = TinyModel.description.text
  model.attentionBias = biased
  return try Decoder(model, weights: RandomWeights(seed: 1))
}

private func input(_ rows: Int) -> MatrixView {
  randomMatrix(rows, TinyModel.description.text.width, seed: 11)
}

/// A decoder with memory of its own for one sequence.
private struct DecoderRun {
  let decoder: Decoder
  let workspace: DecoderWorkspace
  let workers: Workers

  init(_ decoder: Decoder, threads: Int = 1) {
    self.decoder = decoder
    workspace = decoder.makeWorkspace()
    workers = Workers(count: threads)
  }

  /// The residual stream after all layers, when the rows come in chunks of the given sizes.
  func hidden(
    _ input: MatrixView, chunks: [Int], firstPosition: Int = 0, positions: [Int]? = nil,
    visual: [Int32]? = nil,
    schedule: LayerSchedule = .dense
  ) -> [Float] {
    let positions = positions ?? (0..<input.rows).map { firstPosition + $0 }
    let visual = visual ?? Array(repeating: -1, count: input.rows)
    workspace.reserve(rows: input.rows, positions: (positions.max() ?? 0) + 1)
    let cache = decoder.makeCache()
    var start = 0
    var result: [Float] = []
    for size in chunks {
      let range = start..<start + size
      let rows = TokenRows(
        hidden: input[rows: range].copy(), positions: positions[range].map { RotaryPosition($0) },
        visualIndices: Array(visual[range]))
      for layer in 0..<decoder.model.layers {
        decoder.forward(
          layer: layer, rows, cache: cache.layers[layer], schedule: schedule, workspace, workers)
      }
      result += rows.hidden.elements
      start += size
    }
    return result
  }

  /// The residual stream after some layers.
  func run(_ input: MatrixView, layers: Range<Int>, visual: [Int32], schedule: LayerSchedule) -> MatrixView {
    workspace.reserve(rows: input.rows, positions: input.rows)
    let cache = decoder.makeCache()
    let rows = TokenRows(
      hidden: input.copy(), positions: visual.indices.map { RotaryPosition($0) }, visualIndices: visual)
    for layer in layers {
      decoder.forward(layer: layer, rows, cache: cache.layers[layer], schedule: schedule, workspace, workers)
    }
    return rows.hidden
  }

  /// Attention of the last rows of layer 0.
  func attention(_ input: MatrixView, watched: Int) -> MatrixView? {
    workspace.reserve(rows: input.rows, positions: input.rows)
    let cache = decoder.makeCache()
    let rows = TokenRows(
      hidden: input.copy(), positions: (0..<input.rows).map { RotaryPosition($0) },
      visualIndices: Array(repeating: -1, count: input.rows))
    return decoder.forward(
      layer: 0, rows, cache: cache.layers[0], watched: watched, workspace, workers)
  }
}
