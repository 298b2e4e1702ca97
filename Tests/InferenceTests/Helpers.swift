import Compute
import Inference
import Models
import Plan
import TestSupport

extension Context {
  /// A fresh prefill of `prompt` under `settings`.
  func run(_ prompt: PromptRows, _ settings: PruningSettings = .dense, reserve: Int = 8) throws
    -> PrefillResult
  {
    try prefill(
      prompt.copy(), schedule: try Schedule(settings, for: model.description),
      PrefillRange(reserve: reserve))
  }

  /// Logits of every row that is left.
  func allLogits(_ result: borrowing PrefillResult) -> [Float] {
    logits(of: result, rows: 0..<result.rows.count).elements
  }

  /// Logits after each of some tokens, one decoding step at a time.
  func decoded(_ tokens: [Int32], after result: borrowing PrefillResult) -> [Float] {
    var state = startDecoding(result.copy(reserve: tokens.count))
    return tokens.flatMap { token in
      decode(token, &state)
      return state.logits.elements
    }
  }
}

/// Keeps what each layer saw.
struct Recorder: Observer {
  var watchedRows: Int
  var inputs: [TokenRows] = []
  var attention: [MatrixView] = []
  var normed: [MatrixView] = []

  init(watchedRows: Int = 0) { self.watchedRows = watchedRows }

  mutating func willRun(layer: Int, rows: TokenRows) { inputs.append(rows.copy()) }
  mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
    self.attention.append(attention.copy())
  }
  mutating func didRun(layer: Int, rows: TokenRows, normed: MatrixView) { self.normed.append(normed.copy()) }
}

extension KeyValueCache {
  /// Keys and values of the layers that have any.
  var keysAndValues: [LayerCache] { layers.compactMap { $0 as? LayerCache } }
}
