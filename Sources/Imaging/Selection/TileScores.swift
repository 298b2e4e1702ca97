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
    let all = spreads.flatMap { $0 }.sorted()
    guard !all.isEmpty else {
      values = []
      return
    }
    let middle = all.count / 2
    let median = all.count % 2 == 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2
    values = spreads.map { ($0.max() ?? 0) / (median + 1) }
  }

  /// Spread of each cell of a tile.
  private static func spreads(of tile: RGBImage) -> [Double] {
    var result: [Double] = []
    for row in 0..<cells {
      let rows = row * tile.height / cells..<(row + 1) * tile.height / cells
      for column in 0..<cells {
        let columns = column * tile.width / cells..<(column + 1) * tile.width / cells
        if !rows.isEmpty, !columns.isEmpty { result.append(spread(of: tile, columns, rows)) }
      }
    }
    return result
  }

  private static func spread(of tile: RGBImage, _ columns: Range<Int>, _ rows: Range<Int>) -> Double {
    var sums: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var squares: (UInt64, UInt64, UInt64) = (0, 0, 0)
    let pixels = tile.pixels.span
    for y in rows {
      // A row of a cell is short enough for 32 bits.
      var sum: (UInt32, UInt32, UInt32) = (0, 0, 0)
      var square: (UInt32, UInt32, UInt32) = (0, 0, 0)
      var index = (y * tile.width + columns.lowerBound) * 3
      for _ in columns {
        let (red, green, blue) = (UInt32(pixels[index]), UInt32(pixels[index + 1]), UInt32(pixels[index + 2]))
        sum = (sum.0 &+ red, sum.1 &+ green, sum.2 &+ blue)
        square = (square.0 &+ red &* red, square.1 &+ green &* green, square.2 &+ blue &* blue)
        index += 3
      }
      sums = (sums.0 + UInt64(sum.0), sums.1 + UInt64(sum.1), sums.2 + UInt64(sum.2))
      squares = (squares.0 + UInt64(square.0), squares.1 + UInt64(square.1), squares.2 + UInt64(square.2))
    }
    let count = Double(columns.count * rows.count)
    func deviation(_ sum: UInt64, _ square: UInt64) -> Double {
      let mean = Double(sum) / count
      return max(0, Double(square) / count - mean * mean).squareRoot()
    }
    return (deviation(sums.0, squares.0) + deviation(sums.1, squares.1) + deviation(sums.2, squares.2)) / 3
  }
}
