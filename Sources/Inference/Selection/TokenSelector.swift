public import Compute
public import PlanFormat

/// TopV's choice of visual tokens (section 1 of the methods): importance, the best share, recovery.
public struct TokenSelector {
  private let pruning: TokenPruning
  private let workers: Workers

  /// Prepares a selection.
  public init(_ pruning: TokenPruning, _ workers: Workers) {
    self.pruning = pruning
    self.workers = workers
  }

  /// Places of one grid that stay, ascending.
  ///
  /// `sources` is the residual stream of the grid's rows at the input of the prune layer, `targets` the same rows
  /// after the norm between attention and FFN: both `[N x width]`, or empty for rules that do not look. `attention` is
  /// what the last prompt row pays each of them, for the rule that looks at it.
  public func keep(
    sources: MatrixView, targets: MatrixView, attention: [Float] = [], grid: ImageGrid
  ) -> [Int] {
    let count = grid.count
    let kept = pruning.bestCount(of: count)
    if kept == count { return Array(0..<count) }
    let best: [Int]
    switch pruning.rule {
    case .stride:
      best = evenlySpaced(kept, of: count)
    case .random:
      var generator = SplitMix64(
        seed: pruning.seed &+ UInt64(grid.tokens.first ?? 0) &* 0x9E37_79B9_7F4A_7C15)
      best = Array(Array(0..<count).shuffled(using: &generator).prefix(kept)).sorted()
    default:
      best = largest(kept, of: importance(sources, targets, grid, attention: attention))
    }
    return recover(best, of: count)
  }

  /// Importance of each token; larger stays.
  func importance(
    _ sources: MatrixView, _ targets: MatrixView, _ grid: ImageGrid, attention: [Float] = []
  ) -> [Float] {
    let norms = { (0..<sources.rows).map { sources.squaredNorm(ofRow: $0).squareRoot() } }
    switch pruning.rule {
    case .l2norm: return norms()
    case .inverseL2norm: return norms().map { -$0 }
    case .fastV: return attention
    case .random, .stride, .pooling: return Array(repeating: 0, count: grid.count)
    case .paper, .balanced, .semiRelaxed, .inverted:
      let transport = TransportProblem(
        sources: sources, targets: targets, grid: grid, cost: pruning.cost, workers)
      switch pruning.rule {
      case .paper: return transport.printedImportance()
      case .balanced: return transport.balancedImportance()
      case .inverted: return transport.semiRelaxedImportance().map { -$0 }
      default: return transport.semiRelaxedImportance()
      }
    }
  }

  /// Adds every m-th dropped token, in raster order.
  private func recover(_ best: [Int], of count: Int) -> [Int] {
    guard pruning.recoveryStride > 0 else { return best }
    var dropped = Array(repeating: true, count: count)
    for token in best { dropped[token] = false }
    let recovered = (0..<count).filter { dropped[$0] }.enumerated()
      .filter { ($0.offset + 1) % pruning.recoveryStride == 0 }.map(\.element)
    return (best + recovered).sorted()
  }
}

extension TokenPruning {
  /// Tokens of `total` that stay for their importance: `floor(keepRatio * total)`.
  func bestCount(of total: Int) -> Int { min(total, Int((keepRatio * Double(total)).rounded(.down))) }

  /// Tokens of `total` that stay, recovered ones included.
  public func keptCount(of total: Int) -> Int {
    let best = bestCount(of: total)
    return recoveryStride > 0 ? best + (total - best) / recoveryStride : best
  }
}

/// `count` of `total` places, evenly spaced from the start, ascending.
func evenlySpaced(_ count: Int, of total: Int) -> [Int] {
  count > 0 ? (0..<min(count, total)).map { $0 * total / min(count, total) } : []
}
