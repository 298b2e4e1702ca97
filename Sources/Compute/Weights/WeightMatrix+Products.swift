import CKernels
import COpenBLAS

extension WeightMatrix {
  /// `output = input x selfᵀ`, plus what is in `output` already when `accumulating`.
  ///
  /// `input` is `[n x columns]`, `output` `[n x rows]`. Split over the rows of the weight.
  public func multiply(
    _ input: MatrixView, into output: MatrixView, accumulating: Bool = false, _ workers: Workers
  ) {
    precondition(input.columns == columns && output.columns == rows && input.rows == output.rows)
    guard input.rows > 0, rows > 0 else { return }
    switch storage {
    case .neuronPanels: Self.wrongDirection()
    case .panels(let panels):
      panels.multiply(input, into: output, accumulating: accumulating, workers)
    case .float32(let base):
      let operations = input.rows * rows * columns
      if input.rows == 1, !accumulating, stride == columns {
        workers.split(
          rows, operations: operations, OneRow(weights: base, count: columns, input: input, output: output))
      } else {
        SequentialBLAS.run {
          workers.tile(
            rows, operations: operations,
            FloatProduct(
              weights: base, count: columns, stride: stride, input: input, output: output,
              accumulating: accumulating))
        }
      }
    }
  }

  /// Some outputs of `input x selfᵀ`, range after range: `output` is `[n x what the ranges count together]`. Of panels,
  /// a range starts at a multiple of 16.
  public func multiply(
    _ input: MatrixView, outputs ranges: [Range<Int>], into output: MatrixView, _ workers: Workers
  ) {
    precondition(input.columns == columns && input.rows == output.rows)
    precondition(output.columns == ranges.reduce(0) { $0 + $1.count })
    guard input.rows > 0 else { return }
    var first = 0
    let targets = ranges.map { range in
      defer { first += range.count }
      return output[columns: first..<first + range.count]
    }
    switch storage {
    case .neuronPanels: Self.wrongDirection()
    case .panels(let panels): panels.multiply(input, outputs: ranges, into: targets, workers)
    case .float32:
      for (range, target) in zip(ranges, targets) {
        self[rows: range].multiply(input, into: target, workers)
      }
    }
  }

  /// Any outputs of a float32 product with one row.
  private struct OneRow: RangeWork {
    let weights: UnsafePointer<Float>
    let count: Int
    let input: MatrixView
    let output: MatrixView

    func run(_ range: Range<Int>, worker: Int) {
      kernels.rows_times_vector(
        weights + range.lowerBound * count, input.base, output.base + range.lowerBound, range.count, count)
    }
  }

  /// Any outputs of a float32 product with several rows, or one that is added to what is there.
  private struct FloatProduct: RangeWork {
    let weights: UnsafePointer<Float>
    let count: Int
    let stride: Int
    let input: MatrixView
    let output: MatrixView
    let accumulating: Bool

    func run(_ range: Range<Int>, worker: Int) {
      let rows = weights + range.lowerBound * stride
      let target = output.base + range.lowerBound
      if input.rows == 1 {
        cblas_sgemv(
          CblasRowMajor, CblasNoTrans, blasint(range.count), blasint(count), 1, rows, blasint(stride),
          input.base, 1, accumulating ? 1 : 0, target, 1)
      } else {
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, blasint(input.rows), blasint(range.count), blasint(count),
          1, input.base, blasint(input.stride), rows, blasint(stride), accumulating ? 1 : 0, target,
          blasint(output.stride))
      }
    }
  }

  /// `output = input x self` where a row of `self` belongs to an input column (a neuron), plus what is in `output`
  /// already when `accumulating`.
  ///
  /// `input` is `[n x rows]`, `output` `[n x columns]`. Split over the columns of the weight.
  public func multiplyNeurons(
    _ input: MatrixView, into output: MatrixView, accumulating: Bool = false, _ workers: Workers
  ) {
    precondition(input.columns == rows && output.columns == columns && input.rows == output.rows)
    guard input.rows > 0 else { return }
    switch storage {
    case .panels: Self.wrongDirection()
    case .neuronPanels(let panels):
      panels.multiply(input, into: output, accumulating: accumulating, workers)
    case .float32(let base):
      if input.rows == 1 {
        if !accumulating { output.fill(0) }
        let work = OneRowOfNeurons(weights: base, rows: rows, stride: stride, input: input, output: output)
        return workers.split(columns, operations: rows * columns, work)
      }
      SequentialBLAS.run {
        workers.tile(
          columns, operations: input.rows * rows * columns,
          FloatNeurons(
            weights: base, rows: rows, stride: stride, input: input, output: output,
            accumulating: accumulating))
      }
    }
  }

  /// A product that panels were not made for: a mistake in binding a model's tensors.
  private static func wrongDirection() -> Never {
    preconditionFailure("the panels of a matrix are made for the other side of the product")
  }

  /// Any outputs of a float32 product of neurons with one row, added to what is there.
  private struct OneRowOfNeurons: RangeWork {
    let weights: UnsafePointer<Float>
    let rows: Int
    let stride: Int
    let input: MatrixView
    let output: MatrixView

    func run(_ range: Range<Int>, worker: Int) {
      kernels.vector_times_rows(
        input.base, weights + range.lowerBound, stride, output.base + range.lowerBound, rows, range.count)
    }
  }

  /// Any outputs of a float32 product of neurons with several rows.
  private struct FloatNeurons: RangeWork {
    let weights: UnsafePointer<Float>
    let rows: Int
    let stride: Int
    let input: MatrixView
    let output: MatrixView
    let accumulating: Bool

    func run(_ range: Range<Int>, worker: Int) {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(input.rows), blasint(range.count), blasint(rows),
        1, input.base, blasint(input.stride), weights + range.lowerBound, blasint(stride),
        accumulating ? 1 : 0, output.base + range.lowerBound, blasint(output.stride))
    }
  }
}
