import Compute
public import Models
public import Plan

extension Context {
  /// Chooses tokens grid by grid and drops the others from `rows`; what has no place on a grid stays.
  public func prune(_ rows: TokenRows, _ pruning: TokenPruning, _ evidence: TokenEvidence, grids: [ImageGrid])
  {
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
        kept = selector.keep(evidence.part(of: grid), grid: grid)
      }
      for place in kept { stays[visual[grid.tokens[place]]] = true }
    }
    rows.keep(stays.indices.filter { stays[$0] })
  }
}
