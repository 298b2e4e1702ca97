import Compute
import Imaging
import Models
import Plan

/// The features of a grid of tiles as one canvas, without the rows or columns that show padding, and scaled down where
/// there are too many (`unpad_image` and `anyres_max` of LLaVA-NeXT and LLaVA-OneVision).
struct TileCanvas {
  /// Patches along a side of a tile.
  private let side: Int
  private let tileRows: Int
  private let tileColumns: Int
  /// What the padding leaves of the canvas.
  private let rows: Range<Int>
  private let columns: Range<Int>
  /// Visual tokens in the end.
  let size: PatchGrid

  init(_ picture: PreparedImage, _ contents: PlanContents) {
    side = contents.model.vision.grid
    tileRows = picture.rows
    tileColumns = picture.columns
    let (height, width) = (tileRows * side, tileColumns * side)
    let source = (width: Double(picture.sourceWidth), height: Double(picture.sourceHeight))
    if source.width / source.height > Double(width) / Double(height) {
      let kept = Self.truncated(source.height * (Double(width) / source.width))
      let padding = max(0, (height - kept) / 2)
      rows = padding..<height - padding
      columns = 0..<width
    } else {
      let kept = Self.truncated(source.width * (Double(height) / source.height))
      let padding = max(0, (width - kept) / 2)
      rows = 0..<height
      columns = padding..<width - padding
    }
    size = Self.limited(
      rows.count, columns.count, side: side, maximumTiles: contents.image.canvasTiles)
  }

  /// Rounded to seven decimals, then towards zero, as the reference implementation does.
  private static func truncated(_ value: Double) -> Int {
    Int(max(0, min(1e9, (value * 1e7).rounded(.toNearestOrEven) / 1e7)))
  }

  private static func limited(_ rows: Int, _ columns: Int, side: Int, maximumTiles: Int) -> PatchGrid {
    guard maximumTiles > 0 else { return PatchGrid(rows: rows, columns: columns) }
    let ratio = (Double(rows * columns) / Double(maximumTiles * side * side)).squareRoot()
    guard ratio > 1.1 else { return PatchGrid(rows: rows, columns: columns) }
    return PatchGrid(
      rows: max(1, Int((Double(rows) / ratio).rounded(.down))),
      columns: max(1, Int((Double(columns) / ratio).rounded(.down))))
  }

  /// Rows of the result before which a new row of tiles begins.
  var rowCuts: [Int] { cuts(rows, tileRows, size.rows) }
  /// Columns of the result before which a new column of tiles begins.
  var columnCuts: [Int] { cuts(columns, tileColumns, size.columns) }

  private func cuts(_ kept: Range<Int>, _ tiles: Int, _ count: Int) -> [Int] {
    guard tiles > 1 else { return [] }
    let edges = (1..<tiles).map { ($0 * side - kept.lowerBound) * count / kept.count }
    return edges.filter { $0 > 0 && $0 < count }
  }

  /// The pixels of the canvas, from those of the tiles in raster order.
  func mosaic(of tiles: [RGBImage]) -> RGBImage {
    let pixels = tiles[0].width
    func scaled(_ range: Range<Int>) -> Range<Int> {
      range.lowerBound * pixels / side..<range.upperBound * pixels / side
    }
    return RGBImage(joining: tiles, columns: tileColumns).cropped(
      columns: scaled(columns), rows: scaled(rows))
  }

  /// The canvas, `[size.count x width]`, from the features of the tiles in raster order, `[side^2 x width]` each.
  func assemble(_ tiles: [MatrixView]) -> MatrixView {
    let width = tiles.first?.columns ?? 0
    let canvas = MatrixView(rows: rows.count * columns.count, columns: width)
    for (y, row) in rows.enumerated() {
      for (x, column) in columns.enumerated() {
        let tile = tiles[row / side * tileColumns + column / side]
        let source = row % side * side + column % side
        let target = y * columns.count + x
        canvas[rows: target..<target + 1].copy(from: tile[rows: source..<source + 1])
      }
    }
    let full = PatchGrid(rows: rows.count, columns: columns.count)
    return full == size ? canvas : full.resized(canvas, to: size)
  }
}

extension PatchGrid {
  /// Bilinear interpolation of rows on a grid, corners not aligned, no antialiasing.
  fileprivate func resized(_ features: MatrixView, to size: PatchGrid) -> MatrixView {
    let result = MatrixView(rows: size.count, columns: features.columns)
    let vertical = (0..<size.rows).map { Self.neighbours($0, from: rows, to: size.rows) }
    let horizontal = (0..<size.columns).map { Self.neighbours($0, from: columns, to: size.columns) }
    for (y, v) in vertical.enumerated() {
      for (x, h) in horizontal.enumerated() {
        let corners = [
          (v.low * columns + h.low, (1 - v.share) * (1 - h.share)),
          (v.low * columns + h.high, (1 - v.share) * h.share),
          (v.high * columns + h.low, v.share * (1 - h.share)),
          (v.high * columns + h.high, v.share * h.share),
        ]
        result.withRow(y * size.columns + x) { target in
          for (row, weight) in corners where weight != 0 {
            features.withRow(row) { source in
              for column in target.indices { target[column] += weight * source[column] }
            }
          }
        }
      }
    }
    return result
  }

  private static func neighbours(_ index: Int, from count: Int, to target: Int) -> (
    low: Int, high: Int, share: Float
  ) {
    let place = max(0, (Float(index) + 0.5) * (Float(count) / Float(target)) - 0.5)
    let low = min(Int(place), count - 1)
    return (low, min(low + 1, count - 1), place - Float(low))
  }
}
