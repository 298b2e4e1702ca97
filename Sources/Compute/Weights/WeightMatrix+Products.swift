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
      workers.split(rows, operations: input.rows * rows * columns) { range, _ in
        let weights = base + range.lowerBound * columns
        if input.rows == 1, !accumulating {
          kernels.rows_times_vector(
            weights, input.base, output.base + range.lowerBound, range.count, columns)
        } else if input.rows == 1 {
          cblas_sgemv(
            CblasRowMajor, CblasNoTrans, blasint(range.count), blasint(columns), 1, weights,
            blasint(columns), input.base, 1, 1, output.base + range.lowerBound, 1)
        } else {
          cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(input.rows), blasint(range.count),
            blasint(columns), 1, input.base, blasint(input.stride), weights, blasint(columns),
            accumulating ? 1 : 0, output.base + range.lowerBound, blasint(output.stride))
        }
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
        return accumulateNeurons(base, input, into: output, workers)
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

  /// Adds each neuron's row times its activation. Threads sum parts of the neurons, added up in a fixed order.
  private func accumulateNeurons(
    _ base: UnsafePointer<Float>, _ input: Matrix, into output: Matrix, _ workers: Workers
  ) {
    let parts = rows * columns < Workers.worthSharing ? 1 : workers.count
    let step = (rows + parts - 1) / parts
    let partial = parts > 1 ? Matrix(rows: parts, columns: columns) : output
    workers.perform(parts) { part, _ in
      let range = min(rows, part * step)..<min(rows, (part + 1) * step)
      kernels.vector_times_rows(
        input.base + range.lowerBound, base + range.lowerBound * columns, partial.rowBase(part), range.count,
        columns)
    }
    if parts > 1 { for part in 0..<parts { kernels.add(partial.rowBase(part), output.base, columns) } }
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
