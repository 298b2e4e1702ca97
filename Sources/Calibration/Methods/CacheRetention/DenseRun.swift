import Compute
import Evaluation
import Inference
import Models
import Plan

/// A dense run of one sample: its cache, and what it shows of its attention.
final class DenseRun {
  private let state: DecodeState
  private let visualIndices: [Int32]
  /// Attention of the last prompt rows by layer, where it has any: what every ranking chooses by.
  private let attention: [MatrixView?]
  /// What is gathered over the samples.
  let shown: ShownAttention

  init(_ sample: PreparedSample, _ context: Context) throws(InferenceError) {
    let text = context.model.text
    var prompt = PromptWatcher(
      layers: text.layers, queryHeads: text.queryHeads, watchedRows: EntrySelector.window)
    let result = try context.prefill(
      sample.prompt.copy(), schedule: Schedule(layers: text.layers),
      PrefillRange(reserve: sample.reference.answer.count), observer: &prompt)
    visualIndices = result.rows.visualIndices
    state = context.startDecoding(result)
    attention = prompt.attention
    let fed = Array(sample.reference.answer.dropLast())
    var watcher = AnswerWatcher(
      rows: fed.count, visual: sample.prompt.rows.visualRows, queryHeads: text.queryHeads,
      keyValueHeads: text.keyValueHeads, layers: text.layers)
    _ = context.extend(fed, at: state.position, cache: state.cache, observer: &watcher)
    shown = ShownAttention(
      means: prompt.visual.map { $0?.mean ?? 0 },
      byHead: prompt.visual.map {
        $0?.byKeyValueHead(text.keyValueHeads) ?? Array(repeating: 0, count: text.keyValueHeads)
      },
      answer: PackedFloats(watcher.sums), answerRows: fed.count)
  }

  /// Logits of the dense answer behind a copy of the cache from which `retention` has freed entries.
  ///
  /// Retention changes nothing in prefill, so one prefill serves every candidate.
  func forcedLogits(
    _ retention: CacheRetention, _ sample: PreparedSample, _ answerAttention: [Float], _ context: Context
  ) -> MatrixView {
    let text = context.model.text
    let selector = EntrySelector(
      retention, layers: text.layers, queryHeads: text.queryHeads, keyValueHeads: text.keyValueHeads,
      answerAttention: answerAttention)
    let reserve = sample.reference.answer.count
    let freed = KeyValueCache(
      layers: (0..<text.layers).map { layer in
        context.retained(
          selector, layer: layer, attention[layer], visualIndices: visualIndices,
          imageStarts: sample.prompt.imageStarts, reserve: reserve, of: state.cache.layers[layer])
      })
    return context.forcedLogits(sample.reference.answer, behind: state.replacing(freed))
  }

  private struct PromptWatcher: Observer {
    let queryHeads: Int
    let watchedRows: Int
    var visual: [VisualAttention?]
    var attention: [MatrixView?]

    init(layers: Int, queryHeads: Int, watchedRows: Int) {
      self.queryHeads = queryHeads
      self.watchedRows = watchedRows
      visual = Array(repeating: nil, count: layers)
      attention = Array(repeating: nil, count: layers)
    }

    mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
      self.attention[layer] = attention
      visual[layer] = VisualAttention(
        attention: attention, visualRows: rows.visualRows, queryHeads: queryHeads)
    }
  }

  private struct AnswerWatcher: Observer {
    let rows: Int
    let visual: [Int]
    let queryHeads: Int
    let keyValueHeads: Int
    /// By layer, zero where it has no attention, then by KV head.
    var sums: [Float]
    var watchedRows: Int { rows }

    init(rows: Int, visual: [Int], queryHeads: Int, keyValueHeads: Int, layers: Int) {
      sums = Array(repeating: 0, count: rows == 0 ? 0 : layers * keyValueHeads * visual.count)
      self.rows = rows
      self.visual = visual
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
    }

    mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
      let first = layer * keyValueHeads * visual.count
      let group = queryHeads / keyValueHeads
      for line in 0..<attention.rows {
        let head = line % queryHeads / group
        attention.withRow(line) { row in
          for (place, key) in visual.enumerated() { sums[first + head * visual.count + place] += row[key] }
        }
      }
    }
  }
}
