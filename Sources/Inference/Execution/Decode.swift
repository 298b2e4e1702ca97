public import Compute
public import Models
import PlanFormat

/// A sequence being decoded: its cache and the memory of one step, so that a step allocates nothing.
public struct DecodeState {
  /// Keys and values so far.
  public private(set) var cache: KeyValueCache
  /// Position of the next token.
  public private(set) var position: Int
  /// Logits of the last token, `[1 x vocabulary]`.
  public let logits: Matrix
  private var step: TokenRows

  init(cache: KeyValueCache, position: Int, model width: Int, vocabulary: Int) {
    self.cache = cache
    self.position = position
    logits = Matrix(rows: 1, columns: vocabulary)
    step = TokenRows(
      hidden: Matrix(rows: 1, columns: width), positions: [RotaryPosition(0)], visualIndices: [-1])
  }

  fileprivate mutating func advance(_ token: Int32, _ engine: Engine) {
    engine.decoder.embed(token, into: step.hidden, row: 0)
    step.movePosition(to: position)
    for layer in 0..<cache.layers.count {
      engine.decoder.forward(
        layer: layer, step, cache: &cache.layers[layer], engine.workspace, engine.workers)
    }
    engine.decoder.logits(of: step.hidden, into: logits, engine.workspace, engine.workers)
    position += 1
  }
}

extension Engine {
  /// Starts decoding after a prefill, whose last row gives the first logits.
  public func startDecoding(_ prefill: PrefillResult) -> DecodeState {
    let state = DecodeState(
      cache: prefill.cache, position: prefill.nextPosition, model: model.text.width,
      vocabulary: model.text.vocabulary)
    let last = prefill.rows.count - 1
    decoder.logits(of: prefill.rows.hidden[rows: last..<last + 1], into: state.logits, workspace, workers)
    return state
  }

  /// Runs one token through all layers; `state.logits` then predict the next.
  public func decode(_ token: Int32, _ state: inout DecodeState) {
    workspace.reserve(rows: 1, positions: state.position + 1)
    state.advance(token, self)
  }

  /// Runs several known tokens at once behind a prefill, `[tokens x vocabulary]` logits in return: the teacher-forced
  /// twin of `decode`, on the very cache that decoding would read. The cache is left as it was.
  public func extend(
    _ tokens: [Int32], after prefill: PrefillResult, cache: inout KeyValueCache
  ) -> Matrix {
    var none = NoObserver()
    return extend(tokens, after: prefill, cache: &cache, observer: &none)
  }

  /// The same with an observer, which sees the attention of the answer rows.
  public func extend(
    _ tokens: [Int32], after prefill: PrefillResult, cache: inout KeyValueCache, observer: inout some Observer
  ) -> Matrix {
    let logits = Matrix(rows: tokens.count, columns: model.text.vocabulary)
    guard !tokens.isEmpty else { return logits }
    let watched = min(tokens.count, observer.watchedRows)
    let before = cache.layers.map(\.count)
    let rows = read(tokens, at: prefill.nextPosition, cache: &cache, watched: watched) {
      layer, attention, rows in
      if let attention { observer.didAttend(layer: layer, attention: attention, rows: rows) }
    }
    for layer in cache.layers.indices { cache.layers[layer].truncate(to: before[layer]) }
    decoder.logits(of: rows.hidden, into: logits, workspace, workers)
    return logits
  }
}
