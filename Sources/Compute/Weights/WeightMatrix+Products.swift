import CKernels

extension WeightMatrix {
  /// `output = input x selfᵀ`, plus what is in `output` already when `accumulating`.
  ///
  /// `input` is `[n x columns]`, `output` `[n x rows]`. Split over the rows of the weight. With `rowByRow` a row of the
  /// output has the bits that it would have alone, whatever rows are beside it.
  public func multiply(
    _ input: MatrixView, into output: MatrixView, accumulating: Bool = false, rowByRow: Bool = false,
    _ workers: Workers
  ) {
    precondition(input.columns == columns && output.columns == rows && input.rows == output.rows)
    guard input.rows > 0, rows > 0 else { return }
    switch storage {
    case .neuronPanels: Self.wrongDirection()
    case .panels(let panels):
      panels.multiply(input, into: output, accumulating: accumulating, rowByRow: rowByRow, workers)
    case .float32(let base):
      let operations = input.rows * rows * columns
      if input.rows == 1 || rowByRow, !accumulating, stride == columns {
        workers.split(
          rows, operations: operations,
          FewRows(weights: base, count: columns, input: input, output: output))
      } else {
        workers.split(
          rows, granularity: FloatProduct.granularity, operations: operations,
          FloatProduct(
            weights: base, depth: columns, stride: stride, byInputs: false, input: input, output: output,
            accumulating: accumulating))
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

  /// Any outputs of a float32 product with one row, or with each of some.
  private struct FewRows: RangeWork {
    let weights: UnsafePointer<Float>
    let count: Int
    let input: MatrixView
    let output: MatrixView
    /// Outputs whose weights a processor's own cache holds while all rows use them.
    private static let block = 16

    func run(_ range: Range<Int>, worker: Int) {
      var first = range.lowerBound
      while first < range.upperBound {
        let outputs = input.rows == 1 ? range.count : min(Self.block, range.upperBound - first)
        for row in 0..<input.rows {
          kernels.rows_times_vector(
            weights + first * count, input.rowBase(row), output.rowBase(row) + first, outputs, count)
        }
        first += outputs
      }
    }
  }

  /// Any outputs of a float32 product with several rows, or one that is added to what is there; a row has the bits that it
  /// would have alone.
  private struct FloatProduct: RangeWork {
    let weights: UnsafePointer<Float>
    let depth: Int
    let stride: Int
    /// Whether rows of the weights belong to inputs.
    let byInputs: Bool
    let input: MatrixView
    let output: MatrixView
    let accumulating: Bool
    /// Outputs that the kernels lay out at a time.
    static let granularity = 64

    func run(_ range: Range<Int>, worker: Int) {
      let first = weights + range.lowerBound * (byInputs ? 1 : stride)
      kernels.float32_product(
        espalier_float32_matrix(
          values: first, stride: stride, outputs: range.count, depth: depth, by_inputs: byInputs ? 1 : 0),
        input.base, input.stride, input.rows, 1, output.base + range.lowerBound, output.stride,
        accumulating ? 1 : 0)
    }
  }

  /// `output = input x self` where a row of `self` belongs to an input column (a neuron), plus what is in `output`
  /// already when `accumulating`.
  ///
  /// `input` is `[n x rows]`, `output` `[n x columns]`. Split over the columns of the weight. With `rowByRow` a row of the
  /// output has the bits that it would have alone.
  public func multiplyNeurons(
    _ input: MatrixView, into output: MatrixView, accumulating: Bool = false, rowByRow: Bool = false,
    _ workers: Workers
  ) {
    precondition(input.columns == rows && output.columns == columns && input.rows == output.rows)
    guard input.rows > 0 else { return }
    switch storage {
    case .panels: Self.wrongDirection()
    case .neuronPanels(let panels):
      panels.multiply(input, into: output, accumulating: accumulating, rowByRow: rowByRow, workers)
    case .float32(let base):
      if input.rows == 1 || rowByRow {
        if !accumulating { output.fill(0) }
        let work = FewRowsOfNeurons(weights: base, rows: rows, stride: stride, input: input, output: output)
        return workers.split(columns, operations: input.rows * rows * columns, work)
      }
      workers.split(
        columns, granularity: FloatProduct.granularity, operations: input.rows * rows * columns,
        FloatProduct(
          weights: base, depth: rows, stride: stride, byInputs: true, input: input, output: output,
          accumulating: accumulating))
    }
  }

  /// A product that panels were not made for: a mistake in binding a model's tensors.
  private static func wrongDirection() -> Never {
    preconditionFailure("the panels of a matrix are made for the other side of the product")
  }

  /// Any outputs of a float32 product of neurons with one row, or with each of some, added to what is there.
  private struct FewRowsOfNeurons: RangeWork {
    let weights: UnsafePointer<Float>
    let rows: Int
    let stride: Int
    let input: MatrixView
    let output: MatrixView

    func run(_ range: Range<Int>, worker: Int) {
      for row in 0..<input.rows {
        kernels.vector_times_rows(
          input.rowBase(row), weights + range.lowerBound, stride, output.rowBase(row) + range.lowerBound,
          rows, range.count)
      }
    }
  }
}
