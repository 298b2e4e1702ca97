import Compute
import Glibc
import Plan

/// Optimal transport between the visual tokens before and after a layer's attention (section 1 of the methods).
///
/// Holds `-C / eps` for `C = alpha Cf + beta Cs + gamma Ce`, each term scaled to [0, 1] by its own range.
struct TransportProblem {
  let logKernel: MatrixView  // [sources x targets], -C / eps
  private let sources: MatrixView
  private let targets: MatrixView
  private let workers: Workers
  private let epsilon: Float
  private static let iterations = 3

  init(sources: MatrixView, targets: MatrixView, grid: ImageGrid, cost: TransportCost, _ workers: Workers) {
    let count = grid.count
    precondition(sources.rows == count && targets.rows == count)
    self.sources = sources
    self.targets = targets
    self.workers = workers
    epsilon = Float(cost.epsilon)
    logKernel = MatrixView(rows: count, columns: count)
    let spatial = SpatialCost(grid: grid, sigma: cost.sigma)
    let features = FeatureCost(sources, targets, into: logKernel, workers)
    let featureScale =
      Float(cost.alpha / cost.epsilon) / max(features.range.upperBound - features.range.lowerBound, 1e-30)
    let spatialScale = Float(cost.beta / cost.epsilon) * spatial.inverseRange
    let centralScale = Float(cost.gamma / cost.epsilon)
    let matrix = logKernel
    workers.split(count, granularity: 1, operations: count * count * 4) { rows, _ in
      for i in rows {
        let base =
          featureScale * (features.sourceNorms[i] - features.range.lowerBound) + centralScale
          * spatial.central(i)
        matrix.withRow(i) { row in
          spatial.forEachCost(from: i) { j, cost in
            row[j] = -(base + featureScale * (features.targetNorms[j] - 2 * row[j]) + spatialScale * cost)
          }
        }
      }
    }
  }

  /// Only the target marginal is enforced, uniformly: `I_i = sum_j q_j softmax_i(-C_ij / eps)`.
  func semiRelaxedImportance() -> [Float] {
    let columns = transposed(logKernel)  // [targets x sources]
    let importance = MatrixView(rows: 1, columns: columns.columns)
    for j in 0..<columns.rows {
      columns.softmax(row: j)
      importance.add(columns[rows: j..<j + 1])
    }
    return importance.row(0).map { $0 / Float(columns.rows) }
  }

  /// Textbook Sinkhorn in the log domain with marginals from L2 norms: row sums before the last source update.
  ///
  /// After that update they would equal the source marginal, whatever the cost: what is left of it is how far each
  /// source is from being served.
  func sinkhornImportance() -> [Float] {
    let p = normalizedNorms(sources).map { logf($0) }
    let q = normalizedNorms(targets).map { logf($0) }
    let columns = transposed(logKernel)
    let u = MatrixView(rows: 1, columns: p.count)
    let v = MatrixView(rows: 1, columns: q.count)
    for iteration in 0..<Self.iterations {
      update(v, columns, u) { q[$1] - $0 }
      if iteration + 1 < Self.iterations { update(u, logKernel, v) { p[$1] - $0 } }
    }
    return (0..<p.count).map { expf(u[0, $0] + logKernel.logSumExp(row: $0, plus: v)) }
  }

  /// The update as the paper prints it, `v = q / (K^T exp(u / eps))`, `u = p / (K exp(v / eps))`, with marginals
  /// from L2 norms; returns the logarithms of the row sums of the plan `u_i K_ij v_j`.
  ///
  /// The printed form takes the same numbers for scalings and for potentials and diverges, hence the clamped
  /// exponents.
  func printedImportance() -> [Float] {
    let p = normalizedNorms(sources)
    let q = normalizedNorms(targets)
    let columns = transposed(logKernel)
    let u = MatrixView(rows: 1, columns: p.count)
    let v = MatrixView(rows: 1, columns: q.count)
    for _ in 0..<Self.iterations {
      update(v, columns, potentials(u)) { expf(clampedExponent(logf(q[$1]) - $0)) }
      update(u, logKernel, potentials(v)) { expf(clampedExponent(logf(p[$1]) - $0)) }
    }
    let logV = MatrixView(rows: 1, columns: q.count, elements: v.row(0).map { logf($0) })
    return (0..<p.count).map { logf(u[0, $0]) + logKernel.logSumExp(row: $0, plus: logV) }
  }

  /// `x / eps`, clamped to exponents that float32 can take.
  private func potentials(_ scalings: MatrixView) -> MatrixView {
    MatrixView(
      rows: 1, columns: scalings.columns, elements: scalings.row(0).map { clampedExponent($0 / epsilon) })
  }

  private func clampedExponent(_ value: Float) -> Float { max(-80, min(80, value)) }

  /// `result[i] = body(log sum_j exp(kernel[i, j] + potential[j]), i)`, split over the workers.
  private func update(
    _ result: MatrixView, _ kernel: MatrixView, _ potential: MatrixView, _ body: (Float, Int) -> Float
  ) {
    workers.split(kernel.rows, operations: kernel.rows * kernel.columns * 16) { rows, _ in
      for i in rows { result[0, i] = body(kernel.logSumExp(row: i, plus: potential), i) }
    }
  }

  private func transposed(_ matrix: MatrixView) -> MatrixView {
    let result = MatrixView(rows: matrix.columns, columns: matrix.rows)
    for i in 0..<matrix.rows {
      matrix.withRow(i) { row in for j in 0..<matrix.columns { result[j, i] = row[j] } }
    }
    return result
  }

  /// L2 norms of the rows, scaled to sum to 1.
  private func normalizedNorms(_ rows: MatrixView) -> [Float] {
    let norms = (0..<rows.rows).map { rows.squaredNorm(ofRow: $0).squareRoot() }
    let sum = norms.reduce(0, +)
    return norms.map { max($0 / max(sum, 1e-30), 1e-30) }
  }
}
