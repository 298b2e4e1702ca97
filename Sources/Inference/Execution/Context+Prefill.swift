public import Compute
public import Models
public import PlanFormat

extension Context {
  /// Runs layers on `prompt`, in place, as the schedule says.
  ///
  /// A run may start at any layer boundary: `prompt` then holds the residual stream at the input of its first layer.
  /// Throws where the run is cancelled.
  public func prefill(
    _ prompt: PromptRows, schedule: Schedule, _ range: PrefillRange = PrefillRange(),
    observer: inout some Observer
  ) throws(InferenceError) -> PrefillResult {
    let rows = prompt.rows
    let cache = range.cache ?? model.decoder.makeCache()
    var clock = StageClock()
    let (length, visual, nextPosition) = (rows.count, rows.visualCount, rows.nextPosition)
    workspace.reserve(rows: rows.count, positions: nextPosition + range.reserve)
    let watched = max(schedule.watchedRows, observer.watchedRows)
    let entrySelector = entrySelector(schedule)
    var whole =
      range.keepsWhole
      ? CachedPrompt(imageStarts: prompt.imageStarts, nextPosition: nextPosition, length: length, visual: visual) : nil

    for layer in range.first..<(range.end ?? model.text.layers) {
      try cancellation.check()
      observer.willRun(layer: layer, rows: rows)
      let pruning = schedule.tokens.flatMap { $0.layer == layer && rows.visualCount > 0 ? $0 : nil }
      let sources = pruning.map { _ in visualRows(of: rows.hidden, rows) }
      let layerCache = cache.layers[layer]
      layerCache.reset(capacity: rows.count + range.reserve)
      let attention = model.decoder.forward(
        layer: layer, rows, cache: layerCache, schedule: schedule.layers[layer],
        watched: min(rows.count, watched), workspace, workers)
      if let attention { observer.didAttend(layer: layer, attention: attention, rows: rows) }
      observer.didRun(layer: layer, rows: rows, normed: workspace.normed(rows.count))
      whole?.append(layerCache, visualIndices: rows.visualIndices)
      if let entrySelector, let attention {
        let (shorter, kept) = clock.measure {
          retained(
            entrySelector, layer: layer, attention, visualIndices: rows.visualIndices,
            imageStarts: prompt.imageStarts, reserve: range.reserve, of: layerCache)
        }
        if let shorter {
          cache.replace(layer: layer, by: shorter)
        } else if range.keepsWhole {
          cache.replace(layer: layer, by: layerCache.copy(reserve: range.reserve))
        }
        observer.didRetain(layer: layer, kept: kept, rows: rows)
      }
      if let pruning, let sources {
        clock.measure {
          let targets = visualRows(of: workspace.normed(rows.count), rows)
          prune(
            rows, pruning, sources: sources, targets: targets,
            attention: attention.map { lastRow(of: $0, rows) } ?? [], grids: prompt.grids)
        }
      }
    }
    return PrefillResult(
      cache: cache, rows: rows, nextPosition: nextPosition, length: length, visual: visual,
      counts: PruningCounts(cache, visualKept: rows.visualCount, selectionSeconds: clock.seconds),
      whole: whole)
  }

  /// Runs layers without an observer.
  public func prefill(
    _ prompt: PromptRows, schedule: Schedule, _ range: PrefillRange = PrefillRange()
  ) throws(InferenceError) -> PrefillResult {
    var observer = NoObserver()
    return try prefill(prompt, schedule: schedule, range, observer: &observer)
  }

  /// Chooses tokens grid by grid and drops the others from `rows`; what has no place on a grid stays.
  ///
  /// `sources` and `targets` hold the visual rows at the input of the prune layer and after its second norm;
  /// `attention` what the last prompt row pays each visual row there, or nothing where the rule does not ask.
  public func prune(
    _ rows: TokenRows, _ pruning: TokenPruning, sources: MatrixView, targets: MatrixView,
    attention: [Float] = [],
    grids: [ImageGrid]
  ) {
    let selector = TokenSelector(pruning, workers)
    let visual = rows.visualRows
    var stays = Array(repeating: true, count: rows.count)
    for grid in grids {
      for token in grid.tokens { stays[visual[token]] = false }
      let kept: [Int]
      if pruning.rule == .pooling {
        let pooling = GridPooling(grid, keeping: pruning.keptCount(of: grid.count))
        pooling.average(rows.hidden, at: grid.tokens.map { visual[$0] })
        kept = pooling.kept
      } else {
        kept = selector.keep(
          sources: grid.rows(of: sources), targets: grid.rows(of: targets),
          attention: attention.isEmpty ? [] : grid.tokens.map { attention[$0] }, grid: grid)
      }
      for place in kept { stays[visual[grid.tokens[place]]] = true }
    }
    rows.keep(stays.indices.filter { stays[$0] })
  }

  /// Attention of the last watched token on each visual row, summed over heads; `attention` is `[(w * H) x keys]`.
  public func lastRow(of attention: MatrixView, _ rows: TokenRows) -> [Float] {
    let heads = attention.rows - model.text.queryHeads..<attention.rows
    return rows.visualRows.map { row in heads.reduce(Float(0)) { $0 + attention[$1, row] } }
  }

  /// A copy of the visual rows of a matrix that has a row a token.
  public func visualRows(of matrix: MatrixView, _ rows: TokenRows) -> MatrixView {
    let visual = rows.visualRows
    let result = MatrixView(rows: visual.count, columns: matrix.columns)
    result.gather(rows: visual, from: matrix)
    return result
  }

  /// Logits of the given rows of a finished run, `[rows x vocabulary]`.
  public func logits(of result: borrowing PrefillResult, rows: Range<Int>) -> MatrixView {
    let logits = MatrixView(rows: rows.count, columns: model.text.vocabulary)
    model.decoder.logits(of: result.rows.hidden[rows: rows], into: logits, workspace, workers)
    return logits
  }
}
