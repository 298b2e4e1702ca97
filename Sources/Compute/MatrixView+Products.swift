import CKernels

extension MatrixView {
  /// `output = self x otherᵀ`: `[n x k]` by `[m x k]` gives `[n x m]`.
  public func multiply(transposed other: MatrixView, into output: MatrixView, _ workers: Workers) {
    precondition(columns == other.columns && output.rows == rows && output.columns == other.rows)
    workers.split(
      rows, granularity: 12, operations: rows * columns * other.rows,
      Rows(left: self, right: other, output: output))
  }

  /// Any rows of the product.
  private struct Rows: RangeWork {
    let left: MatrixView
    let right: MatrixView
    let output: MatrixView

    func run(_ range: Range<Int>, worker: Int) {
      kernels.float32_product(
        espalier_float32_matrix(
          values: right.base, stride: right.stride, outputs: right.rows, depth: right.columns, by_inputs: 0),
        left.rowBase(range.lowerBound), left.stride, range.count, 1, output.rowBase(range.lowerBound),
        output.stride, 0)
    }
  }
}
