public import Compute
public import Plan

/// The choice of visual tokens (section 1 of the methods): a rule, its best share, recovery.
public struct TokenSelector {
  private let pruning: TokenPruning
  private let workers: Workers

  /// Prepares a selection.
  public init(_ pruning: TokenPruning, _ workers: Workers) {
    self.pruning = pruning
    self.workers = workers
  }

  /// Places of one grid that stay, ascending. The evidence has a row a place, or none for rules that do not look.
  public func keep(_ evidence: TokenEvidence, grid: ImageGrid) -> [Int] {
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
      best = generator.shuffled(Array(0..<count)).prefix(kept).sorted()
    case .divprune: best = DiverseTokens(evidence.sources, workers).choose(kept)
    case .dart: best = PivotTokens(evidence.sources, workers).choose(kept)
    case .cdpruner:
      best = DeterminantalTokens(evidence.sources, question: evidence.question, workers).choose(kept)
    default:
      best = largest(kept, of: importance(evidence, grid))
    }
    return recover(best, of: count)
  }

  /// Importance of each token under rules that give one; larger stays.
  func importance(_ evidence: TokenEvidence, _ grid: ImageGrid) -> [Float] {
    let sources = evidence.sources
    let norms = { (0..<sources.rows).map { sources.squaredNorm(ofRow: $0).squareRoot() } }
    switch pruning.rule {
    case .l2norm: return norms()
    case .inverseL2norm: return norms().map { -$0 }
    case .fastV: return evidence.attention
    case .random, .stride, .pooling, .divprune, .dart, .cdpruner:
      return Array(repeating: 0, count: grid.count)
    case .paper, .sinkhorn, .semiRelaxed, .inverted:
      let transport = TransportProblem(
        sources: sources, targets: evidence.targets, grid: grid, cost: pruning.cost, workers)
      switch pruning.rule {
      case .paper: return transport.printedImportance()
      case .sinkhorn: return transport.sinkhornImportance()
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
