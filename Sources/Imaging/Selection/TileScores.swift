/// How much each tile of a picture holds, relative to the picture's own noise (section 7.2 of the methods).
///
/// A tile is cut into 8 x 8 cells. A cell's spread is the standard deviation of its pixels, the mean over the channels; a
/// tile's score is its largest spread over one more than the median spread of all cells of the picture: a picture that is
/// mostly of one colour has no noise to be relative to.
public struct TileScores: Equatable, Sendable {
  /// Scores by tile, in raster order.
  public let values: [Double]

  /// Cells along each side of a tile.
  static let cells = 8

  /// Scores of the tiles of one picture.
  public init(_ tiles: [RGBImage]) {
    let spreads = tiles.map { Self.spreads(of: $0) }
    let median = spreads.flatMap { $0 }.median ?? 0
    values = spreads.map { ($0.max() ?? 0) / (median + 1) }
  }

  /// Spread of each cell of a tile.
  private static func spreads(of tile: RGBImage) -> [Double] {
    var result: [Double] = []
    for row in 0..<cells {
      let rows = row * tile.height / cells..<(row + 1) * tile.height / cells
      for column in 0..<cells {
        let columns = column * tile.width / cells..<(column + 1) * tile.width / cells
        if !rows.isEmpty, !columns.isEmpty { result.append(tile.spread(columns, rows)) }
      }
    }
    return result
  }
}
