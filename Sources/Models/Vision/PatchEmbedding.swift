import Compute
import Plan

/// The first step of a tower: each patch becomes a row, with its learned position, behind a class token.
struct PatchEmbedding: Sendable {
  private let model: VisionModel
  private let weights: WeightMatrix
  private let bias: WeightVector
  private let classToken: WeightVector?
  private let positions: WeightMatrix?

  init(_ model: VisionModel, weights: some ModelWeights) throws(ModelError) {
    self.model = model
    let width = model.width
    self.weights = try weights.matrix("vision/patch_embedding", rows: width, columns: model.patchElements)
    bias = try weights.vector("vision/patch_bias", count: width)
    classToken = model.classToken ? try weights.vector("vision/class_embedding", count: width) : nil
    positions =
      model.positions == .learned
      ? try weights.matrix("vision/position_embedding", rows: model.rows, columns: width) : nil
  }

  /// Rows of the given patches of a picture, `[classTokens + patches x width]`; each has its place on the whole grid.
  ///
  /// `pixels` is `[rows x columns x 3]` bytes of whole patches, `width` pixels wide.
  func embed(
    _ pixels: [UInt8], width: Int, _ grid: PatchGrid, patches: [Int], _ workers: Workers
  ) -> MatrixView {
    let extra = model.classToken ? 1 : 0
    let hidden = MatrixView(rows: patches.count + extra, columns: model.width)
    let tokens = hidden[rows: extra..<hidden.rows]
    weights.multiply(patchRows(pixels, width: width, grid, patches), into: tokens, workers)
    tokens.add(bias, workers)
    if let classToken { hidden[rows: 0..<1].add(classToken) }
    guard let positions else { return hidden }
    let position = MatrixView(rows: 1, columns: model.width)
    for row in 0..<hidden.rows {
      positions.copyRow(row < extra ? row : patches[row - extra] + extra, into: position, row: 0)
      hidden[rows: row..<row + 1].add(position)
    }
    return hidden
  }

  /// Patches, each a row of channel, then row, then column: `[patches x 3 p^2]`.
  private func patchRows(_ pixels: [UInt8], width: Int, _ grid: PatchGrid, _ patches: [Int]) -> MatrixView {
    let side = model.patchSize
    precondition(pixels.count >= grid.rows * side * width * 3)
    let result = MatrixView(rows: patches.count, columns: model.patchElements)
    for (index, patch) in patches.enumerated() {
      let (gridRow, gridColumn) = patch.quotientAndRemainder(dividingBy: grid.columns)
      result.withRow(index) { row in
        for y in 0..<side {
          for x in 0..<side {
            let source = ((gridRow * side + y) * width + gridColumn * side + x) * 3
            for channel in 0..<3 { row[(channel * side + y) * side + x] = Float(pixels[source + channel]) }
          }
        }
      }
    }
    return result
  }
}
