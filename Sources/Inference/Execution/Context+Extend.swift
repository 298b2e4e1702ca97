public import Compute
public import Models
import Plan

extension Context {
  /// Runs several known tokens at once behind a cache, `[tokens x vocabulary]` logits in return: the teacher-forced twin
  /// of `decode`, on the very cache that decoding would read. The cache is left as it was.
  public func extend(_ tokens: [Int32], at position: Int, cache: KeyValueCache) -> MatrixView {
    var none = NoObserver()
    return extend(tokens, at: position, cache: cache, observer: &none)
  }

  /// The same with an observer, which sees the attention of the tokens.
  public func extend(
    _ tokens: [Int32], at position: Int, cache: KeyValueCache, observer: inout some Observer
  ) -> MatrixView {
    let logits = MatrixView(rows: tokens.count, columns: model.text.vocabulary)
    guard !tokens.isEmpty else { return logits }
    cache.save()
    let watched = min(tokens.count, observer.watchedRows)
    let rows = read(tokens, at: position, cache: cache, watched: watched, willRun: {}) {
      layer, attention, rows in
      if let attention { observer.didAttend(layer: layer, attention: attention, rows: rows) }
    }
    cache.forget(last: tokens.count)
    model.decoder.logits(of: rows.hidden, into: logits, workspace, workers)
    return logits
  }

  /// Logits that predict each token of `answer` when it is fed behind a sequence whose next token `state` predicts. The
  /// state is left as it was.
  public func forcedLogits(_ answer: [Int32], behind state: borrowing DecodeState) -> MatrixView {
    let logits = MatrixView(rows: answer.count, columns: model.text.vocabulary)
    guard !answer.isEmpty else { return logits }
    logits[rows: 0..<1].copy(from: state.logits)
    logits[rows: 1..<answer.count].copy(
      from: extend(Array(answer.dropLast()), at: state.position, cache: state.cache))
    return logits
  }

  /// Runs known text through all layers behind what `cache` holds, and appends it; returns its rows after the last layer.
  ///
  /// `body` sees each layer's attention of the last `watched` tokens, `[(watched * H) x keys]`. What `willRun` throws before
  /// a layer leaves the cache without use.
  func read<Failure>(
    _ tokens: [Int32], at first: Int, cache: KeyValueCache, watched: Int,
    willRun: () throws(Failure) -> Void,
    _ body: (_ layer: Int, _ attention: MatrixView?, _ rows: TokenRows) -> Void
  ) throws(Failure) -> TokenRows {
    workspace.reserve(rows: tokens.count, positions: first + tokens.count)
    let hidden = MatrixView(rows: tokens.count, columns: model.text.width)
    model.decoder.embed(tokens, into: hidden)
    let positions = tokens.indices.map { RotaryPosition(first + $0) }
    let rows = TokenRows(
      hidden: hidden, positions: positions, visualIndices: Array(repeating: -1, count: tokens.count),
      additions: TokenAdditions(
        layerInputs: model.decoder.layerInputs(of: tokens, at: positions, embeddings: hidden, workers)))
    for layer in cache.layers.indices {
      try willRun()
      let attention = model.decoder.forward(
        layer: layer, rows, cache: cache.layers[layer],
        entries: cache.layers[model.text.entryLayer(of: layer)], watched: watched, workspace, workers)
      body(layer, attention, rows)
    }
    return rows
  }
}
