import CKernels

/// How the elements of a panel are written (see `CKernels.h`).
public enum PanelEncoding: Sendable {
  /// Pairs of bfloat16.
  case bfloat16
  /// 8-bit integers with a scale for each output.
  case int8
  /// 4-bit integers with a scale for every 32 inputs of an output.
  case int4

  /// Bytes of one panel of 16 outputs.
  func panelBytes(depth: Int) -> Int {
    switch self {
    case .bfloat16: espalier_bfloat16_panel_bytes(depth)
    case .int8: espalier_int8_panel_bytes(depth)
    case .int4: espalier_int4_panel_bytes(depth)
    }
  }
}

/// A matrix in panels of 16 outputs, as plans store it and kernels read it.
///
/// Invariant: `panels` addresses `byteCount` bytes and stays valid while the matrix that holds it lives.
struct PanelMatrix {
  let encoding: PanelEncoding
  let panels: UnsafePointer<UInt8>
  /// Outputs of the product.
  let outputs: Int
  /// Inputs of the product: what the sums run over.
  let depth: Int

  /// Outputs of one panel.
  static let lanes = 16

  var panelBytes: Int { encoding.panelBytes(depth: depth) }
  var panelCount: Int { (outputs + Self.lanes - 1) / Self.lanes }
  var byteCount: Int { panelCount * panelBytes }

  /// `output = input x selfᵀ`, plus what is in `output` when `accumulating`; split over panels.
  func multiply(_ input: Matrix, into output: Matrix, accumulating: Bool, _ workers: Workers) {
    let rows: Product.Rows
    // Shorter numbers are multiplied more at a time.
    let operations: Int
    switch encoding {
    case .bfloat16: (rows, operations) = (.paired(workers.paired(input)), input.rows * outputs * depth / 2)
    case .int8: (rows, operations) = (.quantized(workers.quantized(input)), input.rows * outputs * depth / 4)
    case .int4:
      rows = .quantized(workers.quantized(input, inGroups: true))
      operations = input.rows * outputs * depth / 4
    }
    workers.split(
      outputs, granularity: Self.lanes, operations: operations,
      Product(matrix: self, rows: rows, output: output, accumulating: accumulating ? 1 : 0))
  }

  /// A product over any whole panels.
  private struct Product: RangeWork {
    enum Rows {
      case paired(espalier_paired_rows)
      case quantized(espalier_int8_rows)
    }

    let matrix: PanelMatrix
    let rows: Rows
    let output: Matrix
    let accumulating: Int32

    func run(_ range: Range<Int>, worker: Int) {
      let target = output.base + range.lowerBound
      switch rows {
      case .paired(let rows):
        kernels.bfloat16_product(matrix.bfloat16View(range), rows, target, output.stride, accumulating)
      case .quantized(let rows):
        if matrix.encoding == .int8 {
          kernels.int8_product(matrix.int8View(range), rows, target, output.stride, accumulating)
        } else {
          kernels.int4_product(matrix.int4View(range), rows, target, output.stride, accumulating)
        }
      }
    }
  }

  /// One output's elements as float32.
  func copyOutput(_ output: Int, into target: UnsafeMutablePointer<Float>) {
    switch encoding {
    case .bfloat16: kernels.bfloat16_row(bfloat16View(0..<outputs), output, target)
    case .int8: kernels.int8_row(int8View(0..<outputs), output, target)
    case .int4: kernels.int4_row(int4View(0..<outputs), output, target)
    }
  }

  /// The panels from the one that holds `outputs.lowerBound`, which must be a multiple of 16.
  private func start(of outputs: Range<Int>) -> UnsafePointer<UInt8> {
    panels + outputs.lowerBound / Self.lanes * panelBytes
  }

  private func bfloat16View(_ outputs: Range<Int>) -> espalier_bfloat16_panels {
    espalier_bfloat16_panels(
      panels: start(of: outputs), panel_bytes: panelBytes, outputs: outputs.count, depth: depth)
  }

  private func int8View(_ outputs: Range<Int>) -> espalier_int8_weights {
    espalier_int8_weights(panels: start(of: outputs), outputs: outputs.count, depth: depth)
  }

  private func int4View(_ outputs: Range<Int>) -> espalier_int4_weights {
    espalier_int4_weights(panels: start(of: outputs), outputs: outputs.count, depth: depth)
  }
}
