import Compute

/// DivPrune (arXiv 2503.02175, equation 3): the set whose nearest two members are farthest apart by cosine distance, found
/// greedily.
///
/// The first token is the one whose nearest other token is farthest; each next one is the farthest from its nearest
/// chosen token. Equal distances go to the earlier token.
struct DiverseTokens {
  private let similarity: MatrixView  // [N x N]

  init(_ rows: MatrixView, _ workers: Workers) {
    similarity = CosineSimilarity(rows, rows, workers).matrix
  }

  /// `count` places, ascending.
  func choose(_ count: Int) -> [Int] {
    guard count > 0 else { return [] }
    // What a token is like at most: of all others at first, then of the chosen ones.
    var nearest = (0..<similarity.rows).map { row in
      similarity.withRow(row) { values in
        values.indices.reduce(-Float.infinity) { $1 == row ? $0 : max($0, values[$1]) }
      }
    }
    var isChosen = Array(repeating: false, count: similarity.rows)
    for round in 0..<min(count, similarity.rows) {
      let next = farthest(nearest, isChosen)
      isChosen[next] = true
      similarity.withRow(next) { values in
        for token in values.indices {
          nearest[token] = round == 0 ? values[token] : max(nearest[token], values[token])
        }
      }
    }
    return isChosen.indices.filter { isChosen[$0] }
  }

  private func farthest(_ nearest: [Float], _ isChosen: [Bool]) -> Int {
    var best = -1
    for token in nearest.indices where !isChosen[token] {
      if best < 0 || nearest[token] < nearest[best] { best = token }
    }
    return best
  }
}
