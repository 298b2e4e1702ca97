import CKernels
import Compute

extension Subject {
  private static let (rows, width) = (96, 1152)

  /// Functions of single rows. Their ratios are elements for an operation of the limit.
  static var rowFunctions: [Subject] {
    let kernels = espalier_kernels_in_use().pointee
    // What gelu leaves as it is: other numbers would shrink from call to call, and those near 0 are slow.
    let fixed: ClosedRange<Float> = 8...9
    let weights = WeightVector((0..<width).map { _ in Float.random(in: 0.5...1.5) })
    return [
      onRows("gelu", fixed) { x, _, workers in x.activate(.gelu, workers) },
      onRows("gelu_tanh", fixed) { x, _, workers in x.activate(.geluTanh, workers) },
      onRows("softmax") { x, _, workers in
        workers.split(rows, granularity: 1, operations: .max) { range, _ in
          for row in range { x.softmax(row: row) }
        }
      },
      onRows("layer_norm") { x, y, workers in x.layerNorm(weights, weights, epsilon: 1e-6, into: y, workers)
      },
      onRows("rms_norm") { x, y, workers in x.rmsNorm(weights, epsilon: 1e-6, into: y, workers) },
      onRows("quantize_int8") { x, y, workers in quantize(x, y, kernels, workers) },
    ]
  }

  private static func onRows(
    _ kernel: String, _ range: ClosedRange<Float> = -1...1,
    _ call: @escaping (_ x: MatrixView, _ y: MatrixView, _ workers: Workers) -> Void
  ) -> Subject {
    Subject(kernel: kernel, shape: "\(rows)x\(width)") { workers in
      let (x, y) = (random(rows, width, in: range), MatrixView(rows: rows, columns: width))
      return Run(limit: try .first(.float), work: Double(rows * width), unit: .elements) {
        call(x, y, workers)
      }
    }
  }

  /// Rows of tiles of 12, as int8 products take them; `y` has more room than their bytes need.
  private static func quantize(
    _ x: MatrixView, _ y: MatrixView, _ kernels: espalier_kernels, _ workers: Workers
  ) {
    let bytes = kernels.quad_bytes
    workers.split(rows / 12, granularity: 1, operations: .max) { tiles, _ in
      for row in 12 * tiles.lowerBound..<12 * tiles.upperBound {
        x.withRow(row) { source in
          y.withRow(row / 12 * 12) { target in
            let memory = UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: Int8.self)
            var (scale, sum) = (Float(0), Int32(0))
            kernels.quantize_int8(
              source.baseAddress, width, 127, memory.map { $0 + bytes * (row % 12) }, 12 * bytes, &scale, &sum
            )
          }
        }
      }
    }
  }
}
