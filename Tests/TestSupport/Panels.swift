public import Compute
public import Plan
import PlanFile

/// A matrix whose rows are outputs, encoded as a plan would have it.
public func panels(_ encoding: PanelEncoding, _ matrix: MatrixView) -> WeightMatrix {
  let memory = PanelMemory(encoding, matrix)
  return WeightMatrix(
    encoding, panels: memory.bytes, rows: matrix.rows, columns: matrix.columns, owner: memory)
}

/// A matrix whose rows are inputs, encoded as a plan would have it.
public func neuronPanels(_ encoding: PanelEncoding, _ matrix: MatrixView) -> WeightMatrix {
  let memory = PanelMemory(encoding, matrix.transposed)
  return WeightMatrix(
    encoding, neuronPanels: memory.bytes, rows: matrix.rows, columns: matrix.columns, owner: memory)
}

/// Gives the panels of a matrix to `sink`; returns the relative error.
@discardableResult
func encode(
  _ matrix: MatrixView, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
) throws(PlanError) -> Double? {
  var encoder = format.panelEncoding.map { PanelEncoder($0, depth: matrix.columns) }
  try encoder?.append(matrix.elements, into: sink)
  try encoder?.finish(into: sink)
  return encoder?.relativeError
}

extension MatrixView {
  /// Rows as columns.
  public var transposed: MatrixView {
    let result = MatrixView(rows: columns, columns: rows)
    for row in 0..<rows { for column in 0..<columns { result[column, row] = self[row, column] } }
    return result
  }
}

extension PanelEncoding {
  /// All encodings.
  public static let all: [PanelEncoding] = [.bfloat16, .int8, .int4]

  /// The format of plans with matrices of this encoding.
  public var format: WeightFormat {
    switch self {
    case .bfloat16: .bfloat16
    case .int8: .int8
    case .int4: .int4
    }
  }

  /// A bound for the relative error of products of random numbers.
  public var tolerance: Float {
    switch self {
    case .bfloat16: 0.006
    case .int8: 0.02
    case .int4: 0.16
    }
  }
}

/// Panels in memory that lives as long as the matrices over it.
private final class PanelMemory: WeightOwner, @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(_ encoding: PanelEncoding, _ matrix: MatrixView) {
    var encoded: [UInt8] = []
    // The sink never throws.
    _ = try? encode(matrix, as: encoding.format) { (span) throws(PlanError) in
      span.withUnsafeBytes { encoded += $0 }
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: encoded.count, alignment: 64)
    memory.copyBytes(from: encoded)
    bytes = UnsafeRawBufferPointer(memory)
  }

  deinit { bytes.deallocate() }
}
