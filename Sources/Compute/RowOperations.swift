import CKernels

extension MatrixView {
  /// Calls `body` with ranges of rows that together are all: on all workers where there are any and it pays.
  private func forRows(_ workers: Workers?, _ body: (Range<Int>) -> Void) {
    guard let workers else { return body(0..<rows) }
    // Passes over memory: an element costs about as much as 8 multiply-adds.
    workers.split(rows, granularity: 1, operations: 8 * rows * columns) { range, _ in body(range) }
  }

  /// RMSNorm of every row: `output[r] = self[r] / sqrt(mean(self[r]^2) + epsilon) * weight`.
  public func rmsNorm(
    _ weight: WeightVector, epsilon: Float, into output: MatrixView, _ workers: Workers? = nil
  ) {
    precondition(weight.count == columns && output.columns == columns && output.rows == rows)
    forRows(workers) { range in
      kernels.rms_norm(
        base + range.lowerBound * stride, stride, weight.base, epsilon,
        output.base + range.lowerBound * output.stride, output.stride, range.count, columns)
    }
  }

  /// RMSNorm of every head of every row, in place: a row has whole heads of the weight's width, side by side.
  public func rmsNormHeads(_ weight: WeightVector, epsilon: Float, _ workers: Workers? = nil) {
    let heads = columns / weight.count
    precondition(columns == heads * weight.count)
    forRows(workers) { range in
      for row in range {
        kernels.rms_norm(
          rowBase(row), weight.count, weight.base, epsilon, rowBase(row), weight.count, heads, weight.count)
      }
    }
  }

  /// LayerNorm of every row, with weight and bias; `output` may be this matrix.
  public func layerNorm(
    _ weight: WeightVector, _ bias: WeightVector, epsilon: Float, into output: MatrixView,
    _ workers: Workers? = nil
  ) {
    precondition(weight.count == columns && bias.count == columns)
    precondition(output.columns == columns && output.rows == rows)
    forRows(workers) { range in
      kernels.layer_norm(
        base + range.lowerBound * stride, stride, weight.base, bias.base, epsilon,
        output.base + range.lowerBound * output.stride, output.stride, range.count, columns)
    }
  }

  /// Adds a vector to every row.
  public func add(_ bias: WeightVector, _ workers: Workers? = nil) {
    precondition(bias.count == columns)
    forRows(workers) { range in for row in range { kernels.add(bias.base, rowBase(row), columns) } }
  }

  /// Adds a matrix of the same shape.
  public func add(_ other: MatrixView, _ workers: Workers? = nil) {
    precondition(other.rows == rows && other.columns == columns)
    forRows(workers) { range in for row in range { kernels.add(other.rowBase(row), rowBase(row), columns) } }
  }

  /// Adds a multiple of a matrix of the same shape.
  public func add(_ other: MatrixView, scaledBy factor: Float) {
    precondition(other.rows == rows && other.columns == columns)
    for row in 0..<rows { kernels.add_scaled(factor, other.rowBase(row), rowBase(row), columns) }
  }

  /// Multiplies every element by a number.
  public func scale(by factor: Float, _ workers: Workers? = nil) {
    forRows(workers) { range in for row in range { kernels.scale(factor, rowBase(row), columns) } }
  }

  /// Multiplies by a matrix of the same shape, element by element.
  public func multiply(by other: MatrixView, _ workers: Workers? = nil) {
    precondition(other.rows == rows && other.columns == columns)
    forRows(workers) { range in
      for row in range { kernels.multiply(other.rowBase(row), rowBase(row), columns) }
    }
  }

  /// `self[r] *= factors`, element by element, for every row.
  public func multiply(byVector factors: WeightVector, _ workers: Workers? = nil) {
    precondition(factors.count == columns)
    forRows(workers) { range in for row in range { kernels.multiply(factors.base, rowBase(row), columns) } }
  }

  /// `output = activation(left half) * right half`.
  ///
  /// The rows hold gate activations, then up activations: `[n x 2m]`; `output` is `[n x m]` and is the left half.
  public func gate(_ function: ElementwiseFunction, into output: MatrixView, _ workers: Workers) {
    let width = columns / 2
    precondition(columns == 2 * width && output.columns == width && output.rows == rows)
    // An exponential costs about as much as 16 multiply-adds.
    workers.split(rows, granularity: 1, operations: rows * width * 16) { range, _ in
      for row in range {
        let source = rowBase(row)
        if case .silu = function {
          kernels.silu_product(source, source + width, output.rowBase(row), width)
        } else {
          function.apply(to: source, width)
          kernels.multiply(source + width, source, width)
          if output.rowBase(row) != source { output.rowBase(row).update(from: source, count: width) }
        }
      }
    }
  }

  /// Multiplies by the sigmoid of a matrix of the same shape, element by element.
  public func multiply(bySigmoidOf gates: MatrixView, _ workers: Workers) {
    precondition(gates.rows == rows && gates.columns == columns)
    workers.split(rows, granularity: 1, operations: rows * columns * 16) { range, _ in
      for row in range { kernels.sigmoid_product(gates.rowBase(row), rowBase(row), columns) }
    }
  }

  /// Applies an elementwise activation in place.
  public func activate(_ function: ElementwiseFunction, _ workers: Workers) {
    workers.split(rows, granularity: 1, operations: rows * columns * 16) { range, _ in
      for row in range { function.apply(to: rowBase(row), columns) }
    }
  }

  /// `c tanh(x / c)` of every element: bounds them smoothly.
  public func cap(at bound: Float, _ workers: Workers) {
    workers.split(rows, granularity: 1, operations: rows * columns * 16) { range, _ in
      for row in range { kernels.soft_cap(rowBase(row), bound, columns) }
    }
  }

  /// Brings every element into a range.
  public func clamp(to range: ClosedRange<Float>, _ workers: Workers? = nil) {
    forRows(workers) { rows in
      for row in rows { kernels.clamp(rowBase(row), range.lowerBound, range.upperBound, columns) }
    }
  }

  /// Adds the magnitudes of every row, element by element, to `sums`.
  public func addMagnitudes(to sums: MatrixView) {
    precondition(sums.rows == 1 && sums.columns == columns)
    for row in 0..<rows { kernels.add_magnitudes(rowBase(row), sums.base, columns) }
  }

  /// The squared Euclidean norm of a row.
  public func squaredNorm(ofRow row: Int) -> Float { kernels.dot(rowBase(row), rowBase(row), columns) }

  /// Replaces a row by its softmax and returns `log(sum(exp(row)))`.
  @discardableResult
  public func softmax(row: Int) -> Float { kernels.softmax(rowBase(row), columns) }

  /// `log(sum_j exp(self[row, j] + addend[0, j]))`.
  public func logSumExp(row: Int, plus addend: MatrixView) -> Float {
    precondition(addend.rows == 1 && addend.columns == columns)
    return kernels.log_sum_exp(rowBase(row), addend.base, columns)
  }
}

/// Elementwise activation functions.
public enum ElementwiseFunction: Sendable {
  /// `x * sigmoid(x)`
  case silu
  /// `x * Phi(x)`
  case gelu
  /// The tanh approximation of `gelu`
  case geluTanh
  /// `x * sigmoid(1.702 x)`
  case quickGelu

  /// Applies the function in place. A kernel that is handed on as a function would be allocated each time.
  func apply(to values: UnsafeMutablePointer<Float>, _ count: Int) {
    switch self {
    case .silu: kernels.silu(values, count)
    case .gelu: kernels.gelu(values, count)
    case .geluTanh: kernels.gelu_tanh(values, count)
    case .quickGelu: kernels.quick_gelu(values, count)
    }
  }
}
