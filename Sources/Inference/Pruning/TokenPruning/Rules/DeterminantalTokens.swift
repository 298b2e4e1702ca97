import Compute
import Glibc

/// CDPruner (arXiv 2506.10967): the set of the largest determinant of the kernel `L = diag(r) S diag(r)`, where `S` are the
/// tokens' cosine similarities and `r` their relevance to the question, found greedily.
///
/// Each step takes the token whose determinant grows most, by an incremental Cholesky factor (algorithm 1 of the paper,
/// after Chen et al., arXiv 1709.05135). Relevance is the mean cosine to the question's rows, scaled to [0, 1] by its own
/// range; without a question, or where all are equally relevant, the similarities decide alone. Equal gains go to the
/// earlier token.
struct DeterminantalTokens {
  private let kernel: MatrixView  // [N x N]
  /// What keeps the least relevant token from a kernel of zeros.
  private static let leastRelevance: Float = 1e-6

  init(_ rows: MatrixView, question: MatrixView, _ workers: Workers) {
    kernel = CosineSimilarity(rows, rows, workers).matrix
    let relevance = Self.relevance(rows, question, workers)
    for row in 0..<kernel.rows {
      kernel.withRow(row) { values in
        for column in values.indices { values[column] *= relevance[row] * relevance[column] }
      }
    }
  }

  private static func relevance(_ rows: MatrixView, _ question: MatrixView, _ workers: Workers) -> [Float] {
    let flat = Array(repeating: Float(1), count: rows.rows)
    guard question.rows > 0 else { return flat }
    let similarity = CosineSimilarity(rows, question, workers).matrix
    let means = (0..<rows.rows).map { row in
      similarity.withRow(row) { $0.reduce(0, +) } / Float(question.rows)
    }
    guard let least = means.min(), let most = means.max(), most > least else { return flat }
    return means.map { ($0 - least + leastRelevance) / (most - least) }
  }

  /// `count` places, ascending.
  func choose(_ count: Int) -> [Int] {
    let tokens = kernel.rows
    let rounds = min(count, tokens)
    // Row i: what the i-th chosen token explains of every token.
    let factors = MatrixView(rows: rounds, columns: tokens)
    var gains = (0..<tokens).map { kernel[$0, $0] }
    var isChosen = Array(repeating: false, count: tokens)
    for round in 0..<rounds {
      let next = best(gains, isChosen)
      isChosen[next] = true
      let scale = 1 / max(gains[next], Float.leastNormalMagnitude).squareRoot()
      let own = (0..<round).map { factors[$0, next] }
      factors.withRow(round) { factor in
        kernel.withRow(next) { row in for token in 0..<tokens { factor[token] = row[token] } }
        for earlier in 0..<round {
          let weight = own[earlier]
          factors.withRow(earlier) { values in
            for token in 0..<tokens { factor[token] -= weight * values[token] }
          }
        }
        for token in 0..<tokens {
          factor[token] *= scale
          gains[token] -= factor[token] * factor[token]
        }
      }
    }
    return isChosen.indices.filter { isChosen[$0] }
  }

  private func best(_ gains: [Float], _ isChosen: [Bool]) -> Int {
    var best = -1
    for token in gains.indices where !isChosen[token] {
      if best < 0 || gains[token] > gains[best] { best = token }
    }
    return best
  }
}
