import CKernels
import COpenBLAS

extension WeightMatrix {
  /// `output = input x selfᵀ`, plus what is in `output` already when `accumulating`.
  ///
  /// `input` is `[n x columns]`, `output` `[n x rows]`. Split over the rows of the weight.
  public func multiply(_ input: Matrix, into output: Matrix, accumulating: Bool = false, _ workers: Workers) {
    precondition(input.columns == columns && output.columns == rows && input.rows == output.rows)
    guard input.rows > 0, rows > 0 else { return }
    switch storage {
    case .neuronPanels: Self.wrongDirection()
    case .panels(let panels):
      panels.multiply(input, into: output, accumulating: accumulating, workers)
    case .float32(let base):
      if input.rows == 1 {
        let work = OneRow(
          weights: base, count: columns, input: input, output: output, accumulating: accumulating)
        return workers.split(rows, operations: rows * columns, work)
      }
      workers.split(rows, operations: input.rows * rows * columns) { range, _ in
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, blasint(input.rows), blasint(range.count),
          blasint(columns), 1, input.base, blasint(input.stride), base + range.lowerBound * columns,
          blasint(columns), accumulating ? 1 : 0, output.base + range.lowerBound, blasint(output.stride))
      }
    }
  }

  /// Some outputs of `input x selfᵀ`, range after range: `output` is `[n x what the ranges count together]`. Of panels,
  /// a range starts at a multiple of 16.
  public func multiply(_ input: Matrix, outputs ranges: [Range<Int>], into output: Matrix, _ workers: Workers)
  {
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
    let input: Matrix
    let output: Matrix
    let accumulating: Bool

    func run(_ range: Range<Int>, worker: Int) {
      let rows = weights + range.lowerBound * count
      let target = output.base + range.lowerBound
      if accumulating {
        cblas_sgemv(
          CblasRowMajor, CblasNoTrans, blasint(range.count), blasint(count), 1, rows, blasint(count),
          input.base, 1, 1, target, 1)
      } else {
        kernels.rows_times_vector(rows, input.base, target, range.count, count)
      }
    }
  }

  /// `output = input x self` where a row of `self` belongs to an input column (a neuron), plus what is in `output`
  /// already when `accumulating`.
  ///
  /// `input` is `[n x rows]`, `output` `[n x columns]`. Split over the columns of the weight.
  public func multiplyNeurons(
    _ input: Matrix, into output: Matrix, accumulating: Bool = false, _ workers: Workers
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
        let work = OneRowOfNeurons(weights: base, rows: rows, stride: columns, input: input, output: output)
        return workers.split(columns, operations: rows * columns, work)
      }
      workers.split(columns, operations: input.rows * rows * columns) { range, _ in
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(input.rows), blasint(range.count), blasint(rows),
          1, input.base, blasint(input.stride), base + range.lowerBound, blasint(columns),
          accumulating ? 1 : 0, output.base + range.lowerBound, blasint(output.stride))
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
    let input: Matrix
    let output: Matrix

    func run(_ range: Range<Int>, worker: Int) {
      kernels.vector_times_rows(
        input.base, weights + range.lowerBound, stride, output.base + range.lowerBound, rows, range.count)
    }
  }
}

extension Range<Int> {
  /// The range cut into pieces of at most `size`.
  func tiles(of size: Int) -> LazyMapSequence<StrideTo<Int>, Range<Int>> {
    stride(from: lowerBound, to: upperBound, by: size).lazy.map { [upperBound] start in
      start..<Swift.min(start + size, upperBound)
    }
  }
}

extension Matrix {
  /// `output = self x otherᵀ`: `[n x k]` by `[m x k]` gives `[n x m]`.
  public func multiply(transposed other: Matrix, into output: Matrix, _ workers: Workers) {
    precondition(columns == other.columns && output.rows == rows && output.columns == other.rows)
    workers.split(rows, operations: rows * columns * other.rows) { range, _ in
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(range.count), blasint(other.rows), blasint(columns),
        1,
        base + range.lowerBound * stride, blasint(stride), other.base, blasint(other.stride), 0,
        output.base + range.lowerBound * output.stride, blasint(output.stride))
    }
  }
}
