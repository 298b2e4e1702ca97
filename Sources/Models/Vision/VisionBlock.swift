import Compute
import Plan

/// Memory for some rows on their way through what a layer does to each row alone.
struct VisionBlock {
  let normed: MatrixView  // [rows x width]
  let result: MatrixView  // [rows x width]
  let neurons: MatrixView  // [rows x feedForwardWidth], twice as wide when gated

  init(_ model: VisionModel, rows: Int) {
    normed = MatrixView(rows: rows, columns: model.width)
    result = MatrixView(rows: rows, columns: model.width)
    neurons = MatrixView(rows: rows, columns: (model.gatedFeedForward ? 2 : 1) * model.feedForwardWidth)
  }

  var rows: Int { normed.rows }

  /// The memory of some of the rows.
  subscript(rows: Range<Int>) -> VisionBlock { VisionBlock(self, rows) }

  private init(_ whole: VisionBlock, _ rows: Range<Int>) {
    normed = whole.normed[rows: rows]
    result = whole.result[rows: rows]
    neurons = whole.neurons[rows: rows]
  }
}
