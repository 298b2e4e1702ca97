import CKernels
import COpenBLAS

extension WeightMatrix {
  /// `output = input x selfᵀ`, plus what is in `output` already when `accumulating`.
  ///
  /// `input` is `[n x columns]`, `output` `[n x rows]`. Split over the rows of the weight, so that each thread widens
  /// only what it uses. A single input row reads the weight once, without widening it to memory.
  public func multiply(_ input: Matrix, into output: Matrix, accumulating: Bool = false, _ workers: Workers) {
    precondition(input.columns == columns && output.columns == rows && input.rows == output.rows)
    guard input.rows > 0, rows > 0 else { return }
    if case .int8(let matrix) = storage {
      return matrix.multiply(input, into: output, accumulating: accumulating, workers)
    }
    if input.rows == 1, !accumulating { return multiplyVector(input, into: output, workers) }
    workers.split(rows, operations: input.rows * rows * columns) { range, worker in
      for tile in range.tiles(of: tileRows) {
        let weights = float32(rows: tile, workers, worker)
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, blasint(input.rows), blasint(tile.count), blasint(columns),
          1,
          input.base, blasint(input.stride), weights, blasint(columns), accumulating ? 1 : 0,
          output.base + tile.lowerBound, blasint(output.stride))
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
    if case .int8Neurons(let matrix) = storage {
      return matrix.multiply(input, into: output, accumulating: accumulating, workers)
    }
    if input.rows == 1 {
      if !accumulating { output.fill(0) }
      return accumulateNeurons(input, into: output, workers)
    }
    workers.split(columns, operations: input.rows * rows * columns) { range, worker in
      var factor: Float = accumulating ? 1 : 0
      for tile in (0..<rows).tiles(of: tileRows) {
        let (weights, stride) = float32(rows: tile, columns: range, workers, worker)
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(input.rows), blasint(range.count),
          blasint(tile.count),
          1, input.base + tile.lowerBound, blasint(input.stride), weights, blasint(stride), factor,
          output.base + range.lowerBound, blasint(output.stride))
        factor = 1
      }
    }
  }

  /// Rows that are widened at a time: at most 1 MiB of float32, which a second-level cache holds.
  private var tileRows: Int { max(16, (1 << 18) / max(1, columns)) }

  /// `rows` as contiguous float32: the storage itself, or a widened copy in the worker's scratch.
  private func float32(rows: Range<Int>, _ workers: Workers, _ worker: Int) -> UnsafePointer<Float> {
    switch storage {
    case .float32(let base): return base + rows.lowerBound * columns
    case .bfloat16(let base):
      let scratch = workers.scratch(worker, count: rows.count * columns)
      kernels.widen_bfloat16(base + rows.lowerBound * columns, scratch, rows.count * columns)
      return UnsafePointer(scratch)
    case .int8, .int8Neurons: Self.wrongDirection()
    }
  }

  /// A product that an int8 matrix was not made for: a mistake in binding a model's tensors.
  private static func wrongDirection() -> Never {
    preconditionFailure("the scales of an int8 matrix belong to the other side of the product")
  }

  /// A block as float32 with its row stride: the storage itself, or a widened copy in the worker's scratch.
  private func float32(
    rows: Range<Int>, columns range: Range<Int>, _ workers: Workers, _ worker: Int
  ) -> (UnsafePointer<Float>, Int) {
    switch storage {
    case .float32(let base): return (base + rows.lowerBound * columns + range.lowerBound, columns)
    case .bfloat16(let base):
      let scratch = workers.scratch(worker, count: rows.count * range.count)
      for (target, row) in rows.enumerated() {
        let source = base + row * columns + range.lowerBound
        kernels.widen_bfloat16(source, scratch + target * range.count, range.count)
      }
      return (UnsafePointer(scratch), range.count)
    case .int8, .int8Neurons: Self.wrongDirection()
    }
  }

  private func multiplyVector(_ input: Matrix, into output: Matrix, _ workers: Workers) {
    workers.split(rows, operations: rows * columns) { range, _ in
      let target = output.base + range.lowerBound
      switch storage {
      case .float32(let base):
        kernels.rows_times_vector(base + range.lowerBound * columns, input.base, target, range.count, columns)
      case .bfloat16(let base):
        kernels.rows_times_vector_bfloat16(
          base + range.lowerBound * columns, input.base, target, range.count, columns)
      case .int8, .int8Neurons: Self.wrongDirection()
      }
    }
  }

  /// Adds each neuron's row times its activation. Threads sum parts of the neurons, added up in a fixed order.
  private func accumulateNeurons(_ input: Matrix, into output: Matrix, _ workers: Workers) {
    let parts = rows * columns < Workers.worthSharing ? 1 : workers.count
    let step = (rows + parts - 1) / parts
    let partial = parts > 1 ? Matrix(rows: parts, columns: columns) : output
    workers.perform(parts) { part, _ in
      let range = min(rows, part * step)..<min(rows, (part + 1) * step)
      let activations = input.base + range.lowerBound
      switch storage {
      case .float32(let base):
        kernels.vector_times_rows(
          activations, base + range.lowerBound * columns, partial.rowBase(part), range.count, columns)
      case .bfloat16(let base):
        kernels.vector_times_rows_bfloat16(
          activations, base + range.lowerBound * columns, partial.rowBase(part), range.count, columns)
      case .int8, .int8Neurons: Self.wrongDirection()
      }
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
