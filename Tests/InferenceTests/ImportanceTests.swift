import Compute
import Foundation
import Plan
import Testing
import TestSupport

@testable import Inference

/// TopV's importance rules against section 1 of the methods in plain double arithmetic.
@Suite(.endsWithin(minutes: 1)) struct ImportanceTests {
  static let costs: [TransportCost] = [
    TransportCost(), cost { $0.gamma = 0.5 }, cost { $0.beta = 0 }, cost { ($0.alpha, $0.sigma) = (0.3, 2) },
    cost { $0.epsilon = 0.02 }, cost { $0.epsilon = 1 },
  ]
  private let grid = ImageGrid(firstVisual: 0, rows: 5, columns: 4)
  private let sources = randomMatrix(20, 24, seed: 1)
  private let targets = randomMatrix(20, 24, seed: 2, scale: 2)

  @Test(arguments: costs.indices, [1, 2]) func `semi_relaxed is sum_j q_j softmax_i(-C_ij / eps)`(
    index: Int, threads: Int
  ) {
    let cost = Self.costs[index]
    let kernel = reference(cost)
    let count = kernel.count
    var expected = Array(repeating: 0.0, count: count)
    for j in 0..<count {
      let column = (0..<count).map { exp(kernel[$0][j]) }
      let total = column.reduce(0, +)
      for i in 0..<count { expected[i] += column[i] / total / Double(count) }
    }
    let found = importance(.semiRelaxed, cost, threads: threads)
    #expect(relativeDifference(found, expected) < 1e-4)
    #expect(abs(found.reduce(0, +) - 1) < 1e-5)
  }

  @Test(arguments: costs.indices) func `sinkhorn is the row sums before the last source update`(index: Int) {
    let sinkhorn = Sinkhorn(
      reference(Self.costs[index]), sources: marginals(sources), targets: marginals(targets), rounds: 3)
    #expect(relativeDifference(importance(.sinkhorn, Self.costs[index]), sinkhorn.rowSumsBeforeLast) < 1e-4)
  }

  @Test(arguments: costs.indices) func `paper is the printed update with clamped exponents`(index: Int) {
    let cost = Self.costs[index]
    let kernel = reference(cost)
    func clamped(_ value: Double) -> Double { max(-80, min(80, value)) }
    func logSum(_ values: [Double]) -> Double {
      let highest = values.max() ?? 0
      return highest + log(values.reduce(0) { $0 + exp($1 - highest) })
    }
    let (p, q) = (marginals(sources), marginals(targets))
    var (u, v) = (p.map { _ in 0.0 }, q.map { _ in 0.0 })
    let all = 0..<kernel.count
    for _ in 0..<3 {
      v = all.map { j in
        exp(clamped(log(q[j]) - logSum(all.map { kernel[$0][j] + clamped(u[$0] / cost.epsilon) })))
      }
      u = all.map { i in
        exp(clamped(log(p[i]) - logSum(all.map { kernel[i][$0] + clamped(v[$0] / cost.epsilon) })))
      }
    }
    let expected = all.map { i in log(u[i]) + logSum(all.map { kernel[i][$0] + log(v[$0]) }) }
    let found = importance(.paper, cost)
    let difference = zip(found, expected).map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? .infinity
    #expect(difference < 1e-3)
  }

  /// The trap of section 1, shown on the definition.
  @Test(arguments: costs.indices) func `with the source update last, row sums are the source marginal`(
    index: Int
  ) {
    let sinkhorn = Sinkhorn(reference(Self.costs[index]), rounds: 3)
    #expect(sinkhorn.rowSums.allSatisfy { abs($0 - 1.0 / 20) < 1e-12 })
    let spread = (sinkhorn.rowSumsBeforeLast.max() ?? 0) - (sinkhorn.rowSumsBeforeLast.min() ?? 0)
    #expect(spread > 1e-6)
  }

  @Test func `the central cost is absorbed by the source scaling of a converged plan`() {
    let cost = Self.cost { $0.epsilon = 1 }
    let without = Sinkhorn(reference(cost), rounds: 200).plan
    let with = Sinkhorn(reference(Self.cost { ($0.epsilon, $0.gamma) = (1, 1) }), rounds: 200).plan
    for (left, right) in zip(without, with) {
      #expect(zip(left, right).allSatisfy { abs($0 - $1) < 1e-10 })
    }
  }

  @Test func `the central cost lowers the importance of the rim in semi_relaxed`() {
    let free = importance(.semiRelaxed, Self.cost { $0.gamma = 0 })
    let bound = importance(.semiRelaxed, Self.cost { $0.gamma = 1 })
    #expect(bound[0] < free[0])  // a corner
    #expect(bound[9] > free[9])  // by the centre
  }

  @Test func `inverted is semi_relaxed backwards`() {
    let forward = importance(.semiRelaxed, TransportCost())
    let backward = importance(.inverted, TransportCost())
    let order = { (scores: [Float]) in scores.indices.sorted { scores[$0] > scores[$1] } }
    #expect(order(forward) == order(backward).reversed())
    #expect(Set(forward).count == 20)
  }

  @Test func `norm rules rank by the length of the source row`() {
    let lengths: [Float] = [3, 1, 4, 1.5, 9, 2.6]
    let rows = MatrixView(rows: 6, columns: 2, elements: lengths.flatMap { [$0 * 0.6, -$0 * 0.8] })
    let grid = ImageGrid(firstVisual: 0, rows: 2, columns: 3)
    func keep(_ rule: ImportanceRule) -> [Int] {
      TokenSelector(TokenPruning(rule: rule, keepRatio: 0.5, layer: 1), Workers(count: 1))
        .keep(TokenEvidence(sources: rows, targets: rows), grid: grid)
    }
    #expect(keep(.l2norm) == [0, 2, 4])
    #expect(keep(.inverseL2norm) == [1, 3, 5])
  }

  @Test func `a common shift and scale of all features changes no transport rule's order`() {
    let scaled = { (matrix: MatrixView) in
      MatrixView(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { $0 * 8 })
    }
    for rule: ImportanceRule in [.semiRelaxed, .sinkhorn] {
      let plain = importance(rule, TransportCost())
      let selector = TokenSelector(
        TokenPruning(rule: rule, keepRatio: 0.5, layer: 1), Workers(count: 1))
      let large = selector.importance(
        TokenEvidence(sources: scaled(sources), targets: scaled(targets)), grid)
      #expect(relativeDifference(large, plain.map(Double.init)) < 1e-3, "\(rule)")
    }
  }

  @Test(arguments: [ImportanceRule.paper, .sinkhorn, .semiRelaxed, .inverted])
  func `identical tokens and single tokens give finite importance`(rule: ImportanceRule) {
    for (rows, columns) in [(1, 1), (4, 4), (1, 7)] {
      let grid = ImageGrid(firstVisual: 0, rows: rows, columns: columns)
      for value in [Float(0), 3] {
        let same = MatrixView(rows: grid.count, columns: 8)
        same.fill(value)
        let selector = TokenSelector(TokenPruning(rule: rule, keepRatio: 0.5, layer: 1), Workers(count: 1))
        let scores = selector.importance(TokenEvidence(sources: same, targets: same), grid)
        #expect(scores.count == grid.count && scores.allSatisfy { $0.isFinite })
      }
    }
  }

  // MARK: The plain definition

  /// `-C / eps`, each term of C scaled to [0, 1] by its own range.
  /// L2 norms of the rows, scaled to sum to 1.
  private func marginals(_ rows: MatrixView) -> [Double] {
    let norms = (0..<rows.rows).map { row in
      rows.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    return norms.map { $0 / norms.reduce(0, +) }
  }

  private func reference(_ cost: TransportCost) -> [[Double]] {
    let all = 0..<grid.count
    func place(_ i: Int) -> (x: Double, y: Double) { (Double(i % grid.columns), Double(i / grid.columns)) }
    let features = all.map { i in
      all.map { j in
        zip(sources.row(i), targets.row(j)).reduce(0.0) {
          $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
        }
      }
    }
    let spatial = all.map { i in
      all.map { j in
        let (dx, dy) = (place(i).x - place(j).x, place(i).y - place(j).y)
        return 1 - exp(-(dx * dx + dy * dy) / (2 * cost.sigma * cost.sigma))
      }
    }
    let central = all.map { i in
      hypot(place(i).x - Double(grid.columns - 1) / 2, place(i).y - Double(grid.rows - 1) / 2)
    }
    func scaled(_ value: Double, _ values: [Double]) -> Double {
      let (least, most) = (values.min() ?? 0, values.max() ?? 0)
      return (value - least) / (most - least)
    }
    let (allFeatures, allSpatial) = (features.flatMap(\.self), spatial.flatMap(\.self))
    return all.map { i in
      all.map { j in
        let feature = cost.alpha * scaled(features[i][j], allFeatures)
        let near = cost.beta * scaled(spatial[i][j], allSpatial)
        return -(feature + near + cost.gamma * scaled(central[i], central)) / cost.epsilon
      }
    }
  }

  private func importance(_ rule: ImportanceRule, _ cost: TransportCost, threads: Int = 1) -> [Float] {
    let pruning = TokenPruning(rule: rule, keepRatio: 0.5, layer: 1, cost: cost)
    return TokenSelector(pruning, Workers(count: threads)).importance(
      TokenEvidence(sources: sources, targets: targets), grid)
  }

  private func relativeDifference(_ found: [Float], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs(Double($0) - $1) / abs($1) }.max() ?? 0
  }

  private static func cost(_ change: (inout TransportCost) -> Void) -> TransportCost {
    var cost = TransportCost()
    change(&cost)
    return cost
  }
}

/// Textbook Sinkhorn, with uniform marginals unless others are given: target update, then source update, a round.
private struct Sinkhorn {
  let rowSums: [Double]
  let rowSumsBeforeLast: [Double]
  let plan: [[Double]]

  init(_ logKernel: [[Double]], sources: [Double]? = nil, targets: [Double]? = nil, rounds: Int) {
    let kernel = logKernel.map { $0.map { exp($0) } }
    let all = kernel.indices
    let uniform = all.map { _ in 1 / Double(kernel.count) }
    let (p, q) = (sources ?? uniform, targets ?? uniform)
    var u = kernel.map { _ in 1.0 }
    var v = u
    var before: [Double] = []
    for _ in 0..<rounds {
      v = all.map { j in q[j] / all.reduce(0.0) { $0 + kernel[$1][j] * u[$1] } }
      before = all.map { i in u[i] * all.reduce(0.0) { $0 + kernel[i][$1] * v[$1] } }
      u = all.map { i in p[i] / all.reduce(0.0) { $0 + kernel[i][$1] * v[$1] } }
    }
    let plan = all.map { i in all.map { j in u[i] * kernel[i][j] * v[j] } }
    self.plan = plan
    rowSums = plan.map { $0.reduce(0, +) }
    rowSumsBeforeLast = before
  }
}
