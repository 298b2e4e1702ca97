import Compute

/// CDPruner (arXiv 2506.10967): the set of the largest determinant of the kernel `L = diag(r) S diag(r)`, where `S` are the
/// tokens' cosine similarities and `r` their relevance to the question, found greedily.
///
/// Each step takes the token whose determinant grows most, by an incremental Cholesky factor (algorithm 1 of the paper,
/// after Chen et al., arXiv 1709.05135). Relevance is the mean cosine to the question's rows, scaled to [0, 1] by its own
/// range; without a question, or where all are equally relevant, the similarities decide alone. Equal gains go to the
/// earlier token.
///
/// All of it is computed in double precision: late gains are small differences of large numbers.
struct DeterminantalTokens {
  private let kernel: [Double]  // [N x N]
  private let tokens: Int
  /// What keeps the least relevant token from a kernel of zeros.
  private static let leastRelevance = 1e-6

  init(_ rows: MatrixView, question: MatrixView, _ workers: Workers) {
    let units = UnitRows(rows)
    let relevance = Self.relevance(units, UnitRows(question))
    let count = rows.rows
    var kernel = Array(repeating: 0.0, count: count * count)
    kernel.withUnsafeMutableBufferPointer { kernel in
      // Each task writes a row of its own.
      workers.perform(count) { row, _ in
        for column in 0..<count {
          kernel[row * count + column] = units.cosine(row, column, units) * relevance[row] * relevance[column]
        }
      }
    }
    self.kernel = kernel
    tokens = count
  }

  private static func relevance(_ rows: UnitRows, _ question: UnitRows) -> [Double] {
    let flat = Array(repeating: 1.0, count: rows.count)
    guard question.count > 0 else { return flat }
    let means = (0..<rows.count).map { row in
      (0..<question.count).reduce(0.0) { $0 + rows.cosine(row, $1, question) } / Double(question.count)
    }
    guard let least = means.min(), let most = means.max(), most > least else { return flat }
    return means.map { ($0 - least + leastRelevance) / (most - least) }
  }

  /// `count` places, ascending.
  func choose(_ count: Int) -> [Int] {
    // What each chosen token explains of every token, one after the other.
    var factors: [[Double]] = []
    var gains = (0..<tokens).map { kernel[$0 * tokens + $0] }
    var isChosen = Array(repeating: false, count: tokens)
    for _ in 0..<min(count, tokens) {
      let next = best(gains, isChosen)
      isChosen[next] = true
      var factor = Array(kernel[next * tokens..<(next + 1) * tokens])
      for earlier in factors {
        let weight = earlier[next]
        for token in 0..<tokens { factor[token] -= weight * earlier[token] }
      }
      let scale = 1 / max(gains[next], Double(Float.leastNormalMagnitude)).squareRoot()
      for token in 0..<tokens {
        factor[token] *= scale
        gains[token] -= factor[token] * factor[token]
      }
      factors.append(factor)
    }
    return isChosen.indices.filter { isChosen[$0] }
  }

  private func best(_ gains: [Double], _ isChosen: [Bool]) -> Int {
    var best = -1
    for token in gains.indices where !isChosen[token] {
      if best < 0 || gains[token] > gains[best] { best = token }
    }
    return best
  }
}

/// Rows scaled to length 1 in double precision; a row of zeros stays one.
private struct UnitRows {
  let count: Int
  private let width: Int
  /// Rows padded to whole vectors of 8.
  private let vectors: [SIMD8<Double>]

  init(_ rows: MatrixView) {
    count = rows.rows
    width = (rows.columns + 7) / 8
    var vectors: [SIMD8<Double>] = []
    vectors.reserveCapacity(count * width)
    for row in 0..<rows.rows {
      let values = rows.row(row).map(Double.init)
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for first in stride(from: 0, to: values.count, by: 8) {
        var vector = SIMD8<Double>()
        for lane in 0..<min(8, values.count - first) {
          vector[lane] = norm > 0 ? values[first + lane] / norm : 0
        }
        vectors.append(vector)
      }
    }
    self.vectors = vectors
  }

  func cosine(_ row: Int, _ otherRow: Int, _ other: UnitRows) -> Double {
    var sum = SIMD8<Double>()
    for index in 0..<width {
      sum += vectors[row * width + index] * other.vectors[otherRow * width + index]
    }
    return sum.sum()
  }
}
