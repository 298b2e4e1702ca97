import COpenBLAS

extension MatrixView {
  /// `output = self x otherᵀ`: `[n x k]` by `[m x k]` gives `[n x m]`.
  public func multiply(transposed other: MatrixView, into output: MatrixView, _ workers: Workers) {
    precondition(columns == other.columns && output.rows == rows && output.columns == other.rows)
    SequentialBLAS.run {
      workers.tile(
        rows, operations: rows * columns * other.rows, Rows(left: self, right: other, output: output))
    }
  }

  /// Any rows of the product.
  private struct Rows: RangeWork {
    let left: MatrixView
    let right: MatrixView
    let output: MatrixView

    func run(_ range: Range<Int>, worker: Int) {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(range.count), blasint(right.rows),
        blasint(left.columns), 1, left.base + range.lowerBound * left.stride, blasint(left.stride),
        right.base, blasint(right.stride), 0, output.base + range.lowerBound * output.stride,
        blasint(output.stride))
    }
  }
}
