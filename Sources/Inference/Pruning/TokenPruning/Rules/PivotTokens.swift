import Compute

/// DART (arXiv 2502.11494): a few pivots of large norm, and for each of them the tokens least similar to it.
///
/// What duplicates a pivot goes. The paper leaves numbers open: here pivots are the four rows of largest norm, and they
/// take turns, each by its share of the budget, the largest first. Equal values go to the earlier token.
struct PivotTokens {
  private let rows: MatrixView
  private let workers: Workers
  private static let pivots = 4

  init(_ rows: MatrixView, _ workers: Workers) {
    self.rows = rows
    self.workers = workers
  }

  /// `count` places, ascending.
  func choose(_ count: Int) -> [Int] {
    let norms = (0..<rows.rows).map { rows.squaredNorm(ofRow: $0) }
    let pivots = largest(min(Self.pivots, count), of: norms).sorted {
      norms[$0] == norms[$1] ? $0 < $1 : norms[$0] > norms[$1]
    }
    let centres = MatrixView(rows: pivots.count, columns: rows.columns)
    centres.gather(rows: pivots, from: rows)
    let similarity = CosineSimilarity(centres, rows, workers).matrix  // [pivots x N]
    var chosen = Set(pivots)
    for index in pivots.indices {
      let share = (count - chosen.count) / (pivots.count - index)
      let values = similarity.row(index)
      let others = rows.rows - chosen.count
      let least = values.indices.filter { !chosen.contains($0) }
        .sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] < values[$1] }
      chosen.formUnion(least.prefix(min(share, others)))
    }
    return chosen.sorted()
  }
}
