import CKernels

/// How the elements of a panel are written (see `CKernels.h`).
public enum PanelEncoding: Sendable {
  /// Pairs of bfloat16.
  case bfloat16
  /// 8-bit integers with a scale for each output.
  case int8
  /// 4-bit integers with a scale for every 32 inputs of an output.
  case int4

  /// Outputs of one panel.
  public static let lanes = 16

  /// Bytes of one panel of 16 outputs.
  public func panelBytes(depth: Int) -> Int {
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
  /// Bytes from one panel to the next: those of a panel of `depth`, or more where inputs behind them are left out.
  let panelBytes: Int
  /// Whether products with int8 panels round their activations to 7 bits.
  let isNarrow: Bool

  init(
    encoding: PanelEncoding, panels: UnsafePointer<UInt8>, outputs: Int, depth: Int, isNarrow: Bool = false
  ) {
    self.init(
      encoding: encoding, panels: panels, outputs: outputs, depth: depth,
      panelBytes: encoding.panelBytes(depth: depth), isNarrow: isNarrow)
  }

  private init(
    encoding: PanelEncoding, panels: UnsafePointer<UInt8>, outputs: Int, depth: Int, panelBytes: Int,
    isNarrow: Bool
  ) {
    self.encoding = encoding
    self.panels = panels
    self.outputs = outputs
    self.depth = depth
    self.panelBytes = panelBytes
    self.isNarrow = isNarrow
  }

  static let lanes = PanelEncoding.lanes

  var panelCount: Int { (outputs + Self.lanes - 1) / Self.lanes }
  var byteCount: Int { panelCount * panelBytes }

  /// The same panels, by products that round their activations to 7 bits where the weights are int8.
  var narrowed: PanelMatrix {
    PanelMatrix(
      encoding: encoding, panels: panels, outputs: outputs, depth: depth, panelBytes: panelBytes,
      isNarrow: encoding == .int8)
  }

  /// Some outputs of the same panels; the first one must be a multiple of 16.
  subscript(outputs range: Range<Int>) -> PanelMatrix {
    precondition(range.lowerBound % Self.lanes == 0 && range.upperBound <= outputs)
    return PanelMatrix(
      encoding: encoding, panels: start(of: range), outputs: range.count, depth: depth,
      panelBytes: panelBytes, isNarrow: isNarrow)
  }

  /// The first inputs of every output. Activations behind them are 0, so what lies there in the panels does not count.
  func leading(inputs count: Int) -> PanelMatrix {
    precondition(count <= depth)
    return PanelMatrix(
      encoding: encoding, panels: panels, outputs: outputs, depth: count, panelBytes: panelBytes,
      isNarrow: isNarrow)
  }

  /// `output = input x selfᵀ`, plus what is in `output` when `accumulating`; split over panels. With `rowByRow` a row has
  /// the bits that it would have alone.
  func multiply(
    _ input: MatrixView, into output: MatrixView, accumulating: Bool, rowByRow: Bool, _ workers: Workers
  ) {
    multiply(
      prepared(input, rowByRow: rowByRow, workers), count: input.rows, into: output,
      accumulating: accumulating, workers)
  }

  /// Some outputs, range after range, each into a matrix of its own.
  func multiply(
    _ input: MatrixView, outputs ranges: [Range<Int>], into targets: [MatrixView], _ workers: Workers
  ) {
    let rows = prepared(input, rowByRow: false, workers)
    for (range, target) in zip(ranges, targets) {
      self[outputs: range].multiply(rows, count: input.rows, into: target, accumulating: false, workers)
    }
  }

  private func multiply(
    _ rows: Product.Rows, count: Int, into output: MatrixView, accumulating: Bool, _ workers: Workers
  ) {
    // Shorter numbers are multiplied more at a time.
    let operations = count * outputs * depth / (encoding == .bfloat16 ? 2 : 4)
    // With several rows kernels take two panels at a time.
    workers.split(
      outputs, granularity: (count > 1 ? 2 : 1) * Self.lanes, operations: operations,
      Product(matrix: self, rows: rows, output: output, accumulating: accumulating ? 1 : 0))
  }

  /// Activations as products take them, valid until the next product.
  private func prepared(_ input: MatrixView, rowByRow: Bool, _ workers: Workers) -> Product.Rows {
    switch encoding {
    case .bfloat16 where rowByRow && input.rows > 1 && kernels.bfloat16_rows_alike == 0:
      .separate(workers.paired(input, inTiles: false))
    case .bfloat16: .paired(workers.paired(input))
    case .int8: .quantized(workers.quantized(input, isNarrow ? .narrow : .int8))
    case .int4: .quantized(workers.quantized(input, .int4))
    }
  }

  /// A product over any whole panels.
  private struct Product: RangeWork {
    enum Rows {
      case paired(espalier_paired_rows)
      /// Each row a tile of its own.
      case separate(espalier_paired_rows)
      case quantized(espalier_int8_rows)
    }

    let matrix: PanelMatrix
    let rows: Rows
    let output: MatrixView
    let accumulating: Int32

    func run(_ range: Range<Int>, worker: Int) {
      let target = output.base + range.lowerBound
      switch rows {
      case .paired(let rows):
        kernels.bfloat16_product(matrix.bfloat16View(range), rows, target, output.stride, accumulating)
      case .separate(let rows): multiplyEach(rows, range)
      case .quantized(let rows):
        if matrix.encoding == .int4 {
          kernels.int4_product(matrix.int4View(range), rows, target, output.stride, accumulating)
        } else if matrix.isNarrow, let product = kernels.int8_narrow_product {
          product(matrix.int8View(range), rows, target, output.stride, accumulating)
        } else {
          kernels.int8_product(matrix.int8View(range), rows, target, output.stride, accumulating)
        }
      }
    }

    /// Row after row over panels that a processor's own cache holds meanwhile.
    private func multiplyEach(_ rows: espalier_paired_rows, _ range: Range<Int>) {
      var first = range.lowerBound
      while first < range.upperBound {
        let outputs = first..<min(first + 2 * PanelMatrix.lanes, range.upperBound)
        for row in 0..<rows.count {
          let values = rows.values + row * rows.stride * kernels.pair_bytes
          kernels.bfloat16_product(
            matrix.bfloat16View(outputs), espalier_paired_rows(values: values, stride: rows.stride, count: 1),
            output.rowBase(row) + first, output.stride, accumulating)
        }
        first = outputs.upperBound
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
    espalier_int8_weights(
      panels: start(of: outputs), panel_bytes: panelBytes, outputs: outputs.count, depth: depth)
  }

  private func int4View(_ outputs: Range<Int>) -> espalier_int4_weights {
    espalier_int4_weights(
      panels: start(of: outputs), panel_bytes: panelBytes, outputs: outputs.count, depth: depth)
  }
}
