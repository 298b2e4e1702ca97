/// Least squares of relative errors: a millisecond of two counts as much as ten of twenty.
enum LeastSquares {
  /// Coefficients of the columns of `rows` for `values`, which must be positive. Columns that say nothing get 0.
  static func fit(_ rows: [[Double]], _ values: [Double]) -> [Double] {
    let columns = rows.first?.count ?? 0
    let scales = (0..<columns).map { column in
      max(1e-300, rows.reduce(0.0) { max($0, abs($1[column])) })
    }
    var matrix = Array(repeating: Array(repeating: 0.0, count: columns + 1), count: columns)
    for (row, value) in zip(rows, values) where value > 0 {
      let scaled = zip(row, scales).map { $0 / $1 / value }
      for left in 0..<columns {
        for right in 0..<columns { matrix[left][right] += scaled[left] * scaled[right] }
        matrix[left][columns] += scaled[left]
      }
    }
    // A little weight on small coefficients keeps columns apart that the samples hardly tell apart.
    let trace = (0..<columns).reduce(0.0) { $0 + matrix[$1][$1] }
    for index in 0..<columns { matrix[index][index] += 1e-6 * trace + 1e-300 }
    return zip(solve(matrix), scales).map { $0 / $1 }
  }

  /// Solves a symmetric positive system, right side in the last column, by elimination with pivots.
  private static func solve(_ system: [[Double]]) -> [Double] {
    var rows = system
    let count = rows.count
    for column in 0..<count {
      let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      for row in column + 1..<max(column + 1, count) where rows[column][column] != 0 {
        let factor = rows[row][column] / rows[column][column]
        for index in column...count { rows[row][index] -= factor * rows[column][index] }
      }
    }
    var solution = Array(repeating: 0.0, count: count)
    for row in (0..<count).reversed() where rows[row][row] != 0 {
      let known = (row + 1..<max(row + 1, count)).reduce(0.0) { $0 + rows[row][$1] * solution[$1] }
      solution[row] = (rows[row][count] - known) / rows[row][row]
    }
    return solution
  }
}
