public import Compute
public import Models
public import PlanFormat

/// What a run over the layers leaves behind.
public struct PrefillResult: Sendable {
  /// Keys and values of every layer that ran.
  public var cache: KeyValueCache
  /// Residual stream after the last layer; the rows that were not pruned.
  public var rows: TokenRows
  /// Position of the next token: the unpruned length of the prompt.
  public var nextPosition: Int
  /// Visual tokens that the layers after the prune layer saw.
  public var visualKept: Int
  /// Seconds spent choosing tokens and KV entries.
  public var selectionSeconds: Double
  /// What was in the cache before entries were freed, where that was asked for.
  public var whole: CachedPrompt?
}

extension Engine {
  /// Runs layers `first ..< last` (all by default) on `prompt`, in place, as the schedule says.
  ///
  /// A run may start at any layer boundary: `prompt` then holds the residual stream at the input of layer `first`.
  /// `reserve` is room for tokens to be decoded. With `keepsWhole` the result has the cache as it was before retention
  /// freed any of it, too.
  public func prefill(
    _ prompt: PromptRows, schedule: Schedule, from first: Int = 0, through last: Int? = nil, reserve: Int = 0,
    cache reused: KeyValueCache? = nil, keepsWhole: Bool = false, observer: inout some Observer
  ) -> PrefillResult {
    var rows = prompt.rows
    var cache = reused ?? decoder.makeCache()
    var clock = StageClock()
    let nextPosition = rows.nextPosition
    workspace.reserve(rows: rows.count, positions: nextPosition + reserve)
    let watched = max(schedule.watchedRows, observer.watchedRows)
    let entrySelector = entrySelector(schedule)
    var whole = keepsWhole ? CachedPrompt(imageStarts: prompt.imageStarts, nextPosition: nextPosition) : nil

    for layer in first..<(last ?? model.text.layers) {
      observer.willRun(layer: layer, rows: rows)
      let pruning = schedule.tokens.flatMap { $0.layer == layer && rows.visualCount > 0 ? $0 : nil }
      let sources = pruning.map { _ in visualRows(of: rows.hidden, rows) }
      cache.layers[layer].reset(capacity: rows.count + reserve)
      let attention = decoder.forward(
        layer: layer, rows, cache: &cache.layers[layer], schedule: schedule.layers[layer],
        watched: min(rows.count, watched), workspace, workers)
      if let attention { observer.didAttend(layer: layer, attention: attention, rows: rows) }
      observer.didRun(layer: layer, rows: rows, normed: workspace.normed(rows.count))
      whole?.append(cache.layers[layer], visualIndices: rows.visualIndices)
      if let entrySelector, let attention {
        let kept = clock.measure {
          retain(
            entrySelector, layer: layer, attention, visualIndices: rows.visualIndices,
            imageStarts: prompt.imageStarts, reserve: reserve, &cache.layers[layer])
        }
        observer.didRetain(layer: layer, kept: kept, rows: rows)
      }
      if let pruning, let sources {
        clock.measure {
          let targets = visualRows(of: workspace.normed(rows.count), rows)
          prune(
            &rows, pruning, sources: sources, targets: targets,
            attention: attention.map { lastRow(of: $0, rows) } ?? [], grids: prompt.grids)
        }
      }
    }
    return PrefillResult(
      cache: cache, rows: rows, nextPosition: nextPosition, visualKept: rows.visualCount,
      selectionSeconds: clock.seconds, whole: whole)
  }

  /// Runs all layers without an observer.
  public func prefill(_ prompt: PromptRows, schedule: Schedule, reserve: Int = 0) -> PrefillResult {
    var observer = NoObserver()
    return prefill(prompt, schedule: schedule, reserve: reserve, observer: &observer)
  }

  /// Chooses tokens grid by grid and drops the others from `rows`; what has no place on a grid stays.
  ///
  /// `sources` and `targets` hold the visual rows at the input of the prune layer and after its second norm;
  /// `attention` what the last prompt row pays each visual row there, or nothing where the rule does not ask.
  public func prune(
    _ rows: inout TokenRows, _ pruning: TokenPruning, sources: Matrix, targets: Matrix,
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
  public func lastRow(of attention: Matrix, _ rows: TokenRows) -> [Float] {
    let heads = attention.rows - model.text.queryHeads..<attention.rows
    return rows.visualRows.map { row in heads.reduce(Float(0)) { $0 + attention[$1, row] } }
  }

  /// A copy of the visual rows of a matrix that has a row a token.
  public func visualRows(of matrix: Matrix, _ rows: TokenRows) -> Matrix {
    let visual = rows.visualRows
    let result = Matrix(rows: visual.count, columns: matrix.columns)
    result.gather(rows: visual, from: matrix)
    return result
  }

  /// Logits of the given rows of a finished run, `[rows x vocabulary]`.
  public func logits(of result: PrefillResult, rows: Range<Int>) -> Matrix {
    let logits = Matrix(rows: rows.count, columns: model.text.vocabulary)
    decoder.logits(of: result.rows.hidden[rows: rows], into: logits, workspace, workers)
    return logits
  }
}
