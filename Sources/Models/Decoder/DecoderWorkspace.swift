public import Compute
import Plan

/// Intermediate results of one decoder layer, reused by every layer and every step.
///
/// One sequence uses a workspace at a time. It grows to the largest number of rows seen.
public final class DecoderWorkspace {
  let rotary: RotaryTable
  /// Angles of layers with a sliding window.
  let windowRotary: RotaryTable?
  private let model: TextModel
  private var capacity = 0
  private var normedRows = MatrixView(rows: 0, columns: 0)
  private var fusedRows = MatrixView(rows: 0, columns: 0)
  private var mixedRows = MatrixView(rows: 0, columns: 0)
  private var givenRows = MatrixView(rows: 0, columns: 0)
  private var neuronRows = MatrixView(rows: 0, columns: 0)
  private var layerGateRows = MatrixView(rows: 0, columns: 0)
  /// A row of the table of what layers have of a token.
  let layerTableRow: MatrixView

  init(_ model: TextModel, rotary scheme: RotaryScheme, window: RotaryScheme? = nil) {
    self.model = model
    layerTableRow = MatrixView(rows: 1, columns: model.layerEmbeddingColumns)
    rotary = RotaryTable(scheme)
    windowRotary = window.map { RotaryTable($0) }
  }

  /// Makes room for `rows` rows at positions below `positions`.
  public func reserve(rows: Int, positions: Int) {
    rotary.reserve(positions: positions)
    windowRotary?.reserve(positions: positions)
    guard rows > capacity else { return }
    capacity = rows
    normedRows = MatrixView(rows: rows, columns: model.width)
    fusedRows = MatrixView(rows: rows, columns: model.mixerColumns)
    mixedRows = MatrixView(rows: rows, columns: model.mixedColumns)
    if model.outputNorms || model.residualScale != 1 || model.layerEmbeddingWidth > 0 {
      givenRows = MatrixView(rows: rows, columns: model.width)
    }
    neuronRows = MatrixView(rows: rows, columns: 2 * model.widestFeedForward)
    if model.layerEmbeddingWidth > 0 {
      layerGateRows = MatrixView(rows: rows, columns: model.layerEmbeddingWidth)
    }
  }

  /// Output of the last norm, `[n x width]`: after a layer has run, the rows before its FFN.
  public func normed(_ rows: Int) -> MatrixView { normedRows[rows: 0..<rows] }
  /// Projections that a mixer works on, `[n x columns]`.
  func fused(_ rows: Int, columns: Int) -> MatrixView { fusedRows[rows: 0..<rows][columns: 0..<columns] }
  /// What a mixer's output projection takes, `[n x columns]`.
  func mixed(_ rows: Int, columns: Int) -> MatrixView { mixedRows[rows: 0..<rows][columns: 0..<columns] }
  /// What a mixer or an FFN gives before it is normed, `[n x width]`.
  func given(_ rows: Int) -> MatrixView { givenRows[rows: 0..<rows] }
  /// Neurons of a layer's FFN, gates first, `[n x 2 m]`.
  func neurons(_ rows: Int, of count: Int) -> MatrixView {
    neuronRows[rows: 0..<rows][columns: 0..<2 * count]
  }
  /// What a layer's own numbers of tokens are multiplied by, `[n x layerEmbeddingWidth]`.
  func layerGates(_ rows: Int) -> MatrixView { layerGateRows[rows: 0..<rows] }
}
