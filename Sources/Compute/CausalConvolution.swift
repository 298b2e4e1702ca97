import CKernels

/// A causal convolution along the rows of a matrix, a filter for each column: a row sees itself and the rows before it.
public struct CausalConvolution: Sendable {
  /// `[taps x width]`, that of the row itself last.
  private let filter: [WeightVector]
  private let bias: WeightVector?

  /// A filter of some taps, that of the row itself last, and a bias for each column.
  public init(filter: [WeightVector], bias: WeightVector?) {
    precondition(!filter.isEmpty && filter.allSatisfy { $0.count == filter[0].count })
    precondition(bias.map { $0.count == filter[0].count } ?? true)
    self.filter = filter
    self.bias = bias
  }

  /// The same filter as a matrix, a row a tap.
  public init(filter: WeightMatrix, bias: WeightVector?) {
    let taps = (0..<filter.rows).map { tap in
      let row = MatrixView(rows: 1, columns: filter.columns)
      filter.copyRow(tap, into: row, row: 0)
      return WeightVector(row.row(0))
    }
    self.init(filter: taps, bias: bias)
  }

  /// Columns.
  public var width: Int { filter[0].count }
  /// Rows that a filter sees before its own.
  public var depth: Int { filter.count - 1 }

  /// `output[t] = sum_k filter[k] * (before ++ input)[t + k] + bias`, for every row of `input`, `[n x width]`.
  ///
  /// `before` holds the `depth` rows before the first, `[depth x width]`. Each row is computed the same way, however many
  /// there are.
  public func apply(
    _ input: MatrixView, behind before: MatrixView, into output: MatrixView, _ workers: Workers
  ) {
    precondition(input.columns == width && output.columns == width && output.rows == input.rows)
    precondition(before.columns == width && before.rows == depth)
    workers.split(input.rows, granularity: 1, operations: 8 * input.rows * width * filter.count) { range, _ in
      for row in range {
        let target = output.rowBase(row)
        for tap in filter.indices {
          let source = row + tap - depth
          let values = source < 0 ? before.rowBase(depth + source) : input.rowBase(source)
          if tap == 0 {
            target.update(from: values, count: width)
            kernels.multiply(filter[tap].base, target, width)
          } else {
            kernels.add_product(filter[tap].base, values, target, width)
          }
        }
      }
    }
    if let bias { output.add(bias, workers) }
  }
}
