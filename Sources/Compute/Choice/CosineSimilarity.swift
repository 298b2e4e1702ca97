/// Cosines between rows: their products when each is scaled to length 1. A row of zeros is like nothing.
package struct CosineSimilarity {
  /// `[n x m]`
  package let matrix: MatrixView

  /// Cosines of every row of `left`, `[n x width]`, with every row of `right`, `[m x width]`.
  package init(_ left: MatrixView, _ right: MatrixView, _ workers: Workers) {
    matrix = MatrixView(rows: left.rows, columns: right.rows)
    Self.normalized(left).multiply(transposed: Self.normalized(right), into: matrix, workers)
  }

  private static func normalized(_ rows: MatrixView) -> MatrixView {
    let result = rows.copy()
    for row in 0..<result.rows {
      let norm = result.squaredNorm(ofRow: row).squareRoot()
      guard norm > 0 else { continue }
      result.withRow(row) { values in for index in values.indices { values[index] /= norm } }
    }
    return result
  }
}
