import Compute
import Plan

/// The first step of a tower: each patch becomes a row, with its learned position, behind a class token.
struct PatchEmbedding: Sendable {
  private let model: VisionModel
  private let weights: WeightMatrix
  private let bias: WeightVector
  private let classToken: WeightVector?
  private let positions: WeightMatrix?
  private let positionTable: WeightMatrix?
  /// Learned positions by column, and by row.
  private let axisPositions: [WeightMatrix]

  init(_ model: VisionModel, weights: some ModelWeights) throws(ModelError) {
    self.model = model
    let width = model.width
    self.weights = try weights.matrix("vision/patch_embedding", rows: width, columns: model.patchElements)
    bias = try weights.vector("vision/patch_bias", count: width)
    classToken = model.classToken ? try weights.vector("vision/class_embedding", count: width) : nil
    positions =
      model.positions == .learned
      ? try weights.matrix("vision/position_embedding", rows: model.rows, columns: width) : nil
    let side = model.positionGrid
    positionTable =
      side > 0 ? try weights.matrix("vision/position_table", rows: side * side, columns: width) : nil
    var axes: [WeightMatrix] = []
    for axis in model.positionAxis > 0 ? ["column", "row"] : [] {
      axes.append(
        try weights.matrix("vision/\(axis)_positions", rows: model.positionAxis, columns: width))
    }
    axisPositions = axes
  }

  /// Rows before the patches of each input.
  var leading: Int { model.classToken ? 1 : 0 }

  /// The rows of some inputs, `[rows x width]`, one input after the other; each patch has its place on the whole grid.
  func embed(_ inputs: [TowerInput], _ rows: [TowerRows], _ workers: Workers) -> MatrixView {
    let hidden = MatrixView(rows: rows.reduce(0) { $0 + $1.count }, columns: model.width)
    var first = 0
    for (input, rows) in zip(inputs, rows) {
      embed(input, rows, into: hidden[rows: first..<first + rows.count], workers)
      first += rows.count
    }
    return hidden
  }

  private func embed(_ input: TowerInput, _ rows: TowerRows, into hidden: MatrixView, _ workers: Workers) {
    let tokens = hidden[rows: leading..<hidden.rows]
    weights.multiply(patchRows(input, rows), into: tokens, workers)
    tokens.add(bias, workers)
    if let positionTable { add(positionTable, of: rows, to: tokens) }
    addAxisPositions(of: rows, to: tokens)
    if let classToken { hidden[rows: 0..<1].add(classToken) }
    guard let positions else { return }
    let position = MatrixView(rows: 1, columns: model.width)
    for row in 0..<hidden.rows {
      positions.copyRow(row < leading ? row : rows.patches[row - leading] + leading, into: position, row: 0)
      hidden[rows: row..<row + 1].add(position)
    }
  }

  /// Adds the learned positions of the patches' columns and rows.
  private func addAxisPositions(of rows: TowerRows, to tokens: MatrixView) {
    guard !axisPositions.isEmpty else { return }
    let position = MatrixView(rows: 1, columns: model.width)
    for (index, patch) in rows.patches.enumerated() {
      let (row, column) = patch.quotientAndRemainder(dividingBy: rows.grid.columns)
      for (table, place) in zip(axisPositions, [column, row]) {
        table.copyRow(place, into: position, row: 0)
        tokens[rows: index..<index + 1].add(position)
      }
    }
  }

  /// Adds the learned positions of a square grid, resized to the grid of the patches.
  private func add(_ table: WeightMatrix, of rows: TowerRows, to tokens: MatrixView) {
    let side = model.positionGrid
    let edges = model.positionResize == .nearest ? GridTaps.edges(side: side) : []
    func taps(_ count: Int) -> [GridTaps] {
      (0..<count).map { index in
        switch model.positionResize {
        case .corners: GridTaps(cornered: index, of: count, side: side)
        case .antialiased: GridTaps(antialiased: index, of: count, side: side)
        case .nearest: GridTaps(nearest: index, of: count, edges: edges)
        }
      }
    }
    let (vertical, horizontal) = (taps(rows.grid.rows), taps(rows.grid.columns))
    let corner = MatrixView(rows: 1, columns: model.width)
    let sum = MatrixView(rows: 1, columns: model.width)
    for (index, patch) in rows.patches.enumerated() {
      let (row, column) = patch.quotientAndRemainder(dividingBy: rows.grid.columns)
      sum.fill(0)
      for (y, yWeight) in vertical[row].places {
        for (x, xWeight) in horizontal[column].places {
          table.copyRow(y * side + x, into: corner, row: 0)
          sum.add(corner, scaledBy: yWeight * xWeight)
        }
      }
      tokens[rows: index..<index + 1].add(sum)
    }
  }

  /// Patches, each a row of channel, then row, then column: `[patches x 3 p^2]`.
  private func patchRows(_ input: TowerInput, _ rows: TowerRows) -> MatrixView {
    let (side, width) = (model.patchSize, input.width)
    precondition(input.pixels.count >= rows.grid.rows * side * width * 3)
    let pixels = input.pixels.span
    let result = MatrixView(rows: rows.patches.count, columns: model.patchElements)
    for (index, patch) in rows.patches.enumerated() {
      let (gridRow, gridColumn) = patch.quotientAndRemainder(dividingBy: rows.grid.columns)
      result.withRow(index) { row in
        for y in 0..<side {
          var source = ((gridRow * side + y) * width + gridColumn * side) * 3
          for x in 0..<side {
            for channel in 0..<3 { row[(channel * side + y) * side + x] = Float(pixels[source + channel]) }
            source += 3
          }
        }
      }
    }
    return result
  }
}
