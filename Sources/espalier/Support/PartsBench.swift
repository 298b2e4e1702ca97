import Compute
import Evaluation
import Figures
import Inference
import Models
import Plan
import PlanFile

/// Times the parts of a decoder layer beside what they replace: products by float32 products of the same shape, reduced
/// by full FFNs, hollow by causal attention, decoding over fewer by decoding over all entries.
struct PartsBench {
  private let plan: Plan
  private let workers: Workers
  private let limits: MachineLimits
  private let cache: CachePrecision
  private let rows: Int
  private let repetitions: Int
  private let model: TextModel
  private let weights: PlanWeights

  init(
    _ plan: Plan, _ workers: Workers, _ limits: MachineLimits, cache: CachePrecision, rows: Int,
    repetitions: Int
  ) throws {
    self.plan = plan
    self.workers = workers
    self.limits = limits
    self.cache = cache
    self.rows = rows
    self.repetitions = repetitions
    model = plan.contents.model.text
    weights = PlanWeights(plan.weights)
  }

  /// Runs everything; a line a part.
  func table() throws -> TextTable {
    var table = TextTable(["part", "time", "compared with", "time", "ratio", "rate", "of limit"])
    for row in try products() + feedForward() + [hollowAttention()] + decoding() { table.append(row) }
    return table
  }

  private func products() throws -> [[String]] {
    let (width, inner) = (model.width, model.feedForwardWidth)
    func name(_ part: String) -> String { TextModel.layerWeight(0, part) }
    let matrices = [
      ("qkv", try weights.matrix(name("qkv"), rows: model.attentionShape(of: 0).fusedRows, columns: width)),
      ("gate/up", try weights.matrix(name("gate_up"), rows: 2 * inner, columns: width)),
    ]
    var lines = matrices.map { name, matrix in
      let input = random(rows, matrix.columns)
      let plain = WeightMatrix(random(matrix.rows, matrix.columns))
      let output = MatrixView(rows: rows, columns: matrix.rows)
      return line(
        name, "float32", operations: 2 * rows * matrix.rows * matrix.columns,
        { matrix.multiply(input, into: output, workers) }, { plain.multiply(input, into: output, workers) })
    }
    let down = try weights.neurons(name("down"), rows: inner, columns: width)
    let input = random(rows, inner)
    let plain = WeightMatrix(random(inner, width))
    let output = MatrixView(rows: rows, columns: width)
    lines.append(
      line(
        "down", "float32", operations: 2 * rows * inner * width,
        { down.multiplyNeurons(input, into: output, workers) },
        { plain.multiplyNeurons(input, into: output, workers) }))
    return lines
  }

  private func feedForward() throws -> [[String]] {
    let layer = try FeedForward(model, layer: 0, weights: weights)
    let input = random(rows, model.width)
    let output = MatrixView(rows: rows, columns: model.width)
    let scratch = MatrixView(rows: rows, columns: 2 * model.feedForwardWidth)
    let tokens = TokenRows(
      hidden: output, positions: (0..<rows).map { RotaryPosition($0) },
      visualIndices: (0..<rows).map { Int32($0) })
    return [
      ("probed", NeuronReduction.probed(NeuronProbe(neuronShare: 0.2))), ("leading", .leading(share: 0.2)),
    ].map { name, reduction in
      line(
        "FFN, 20 % of the neurons, \(name)", "FFN", operations: nil,
        { layer.forward(tokens, input: input, reduction, into: output, scratch: scratch, workers) },
        { layer.forward(input, into: output, scratch: scratch, workers) })
    }
  }

  private func hollowAttention() -> [String] {
    let queries = random(rows, model.queryHeads * model.headWidth)
    let output = MatrixView(rows: rows, columns: queries.columns)
    let entries = entries(rows)
    let attention = attention
    let hollow = AttentionMask.hollow(ordinals: (0..<rows).map { Int32($0) }, window: 32)
    return line(
      "hollow attention, 32 keys", "causal attention", operations: nil,
      {
        attention.attend(queries: queries, to: entries, keyCount: rows, mask: hollow, into: output, workers)
      },
      {
        attention.attend(
          queries: queries, to: entries, keyCount: rows, mask: .causal(firstQuery: 0), into: output, workers)
      })
  }

  private func decoding() -> [[String]] {
    let query = random(1, model.queryHeads * model.headWidth)
    let output = MatrixView(rows: 1, columns: query.columns)
    let entries = entries(rows)
    let attention = attention
    // One step is microseconds: many at a time.
    func steps(_ count: Int) -> () -> Void {
      {
        for _ in 0..<200 {
          attention.attend(
            queries: query, to: entries, keyCount: count, mask: .causal(firstQuery: count - 1), into: output,
            workers)
        }
      }
    }
    return [2, 4, 8].map { part in
      line(
        "200 x decode attention, \(rows / part) entries", "\(rows) entries", operations: nil,
        steps(rows / part), steps(rows))
    }
  }

  private var attention: Attention {
    Attention(queryHeads: model.queryHeads, keyValueHeads: model.keyValueHeads, headWidth: model.headWidth)
  }

  private func entries(_ count: Int) -> KeyValues {
    let layer = LayerCache(heads: model.keyValueHeads, headWidth: model.headWidth, precision: cache)
    let width = model.keyValueHeads * model.headWidth
    layer.reset(capacity: count)
    layer.append(keys: random(count, width), values: random(count, width), visual: count, workers)
    return layer.entries
  }

  /// Times both, turn by turn.
  private func line(
    _ part: String, _ other: String, operations: Int?, _ body: () -> Void, _ otherBody: () -> Void
  ) -> [String] {
    var (times, otherTimes) = ([Double](), [Double]())
    for turn in 0...repetitions {
      let start = StageClock.now
      body()
      let middle = StageClock.now
      otherBody()
      // The first turn fills caches and buffers.
      guard turn > 0 else { continue }
      times.append(middle - start)
      otherTimes.append(StageClock.now - middle)
    }
    let (time, otherTime) = (Statistics.median(times), Statistics.median(otherTimes))
    let rate = operations.map { Double($0) / time }
    let limit = limits.rate(of: plan.weights.format)
    let share = rate.flatMap { rate in limit.map { Figure(rate / $0, .share).description } }
    return [
      part, Figure(time, .seconds).description, other, Figure(otherTime, .seconds).description,
      Figure(time / otherTime, .share).description, rate.map { "\($0 / 1e9, decimals: 0) GOP/s" } ?? "-",
      share ?? "-",
    ]
  }

  private func random(_ rows: Int, _ columns: Int) -> MatrixView {
    var generator = SplitMix64(seed: UInt64(rows * columns))
    let elements = (0..<rows * columns).map { _ in Float(generator.nextUnit()) - 0.5 }
    return MatrixView(rows: rows, columns: columns, elements: elements)
  }
}
