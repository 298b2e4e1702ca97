public import Compute
import Plan

/// Intermediate results of one decoder layer, reused by every layer and every step.
///
/// One sequence uses a workspace at a time. It grows to the largest number of rows seen.
public final class DecoderWorkspace {
  let rotary: RotaryTable
  private let model: TextModel
  private var capacity = 0
  private var normedRows = MatrixView(rows: 0, columns: 0)
  private var fusedRows = MatrixView(rows: 0, columns: 0)
  private var attendedRows = MatrixView(rows: 0, columns: 0)
  private var neuronRows = MatrixView(rows: 0, columns: 0)

  init(_ model: TextModel, rotary scheme: RotaryScheme) {
    self.model = model
    rotary = RotaryTable(scheme)
  }

  /// Makes room for `rows` rows at positions below `positions`.
  public func reserve(rows: Int, positions: Int) {
    rotary.reserve(positions: positions)
    guard rows > capacity else { return }
    capacity = rows
    normedRows = MatrixView(rows: rows, columns: model.width)
    fusedRows = MatrixView(rows: rows, columns: model.fusedAttentionRows)
    attendedRows = MatrixView(rows: rows, columns: model.queryHeads * model.headWidth)
    neuronRows = MatrixView(rows: rows, columns: 2 * model.feedForwardWidth)
  }

  /// Output of the last norm, `[n x width]`: after a layer has run, the rows between its attention and its FFN.
  public func normed(_ rows: Int) -> MatrixView { normedRows[rows: 0..<rows] }
  func fused(_ rows: Int) -> MatrixView { fusedRows[rows: 0..<rows] }  // [n x (H + 2 Hkv) dh]
  func attended(_ rows: Int) -> MatrixView { attendedRows[rows: 0..<rows] }  // [n x H dh]
  func neurons(_ rows: Int) -> MatrixView { neuronRows[rows: 0..<rows] }  // [n x 2 m]
}
