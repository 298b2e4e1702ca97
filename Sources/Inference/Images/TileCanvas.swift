import Compute
import Imaging
import Models
import Plan

/// The features of a grid of tiles as one canvas, without the rows or columns that show padding, and scaled down where
/// there are too many (`unpad_image` and `anyres_max` of LLaVA-NeXT and LLaVA-OneVision).
struct TileCanvas {
  /// Tokens along a side of a tile.
  private let side: Int
  private let tileRows: Int
  private let tileColumns: Int
  /// What the padding leaves of the canvas.
  private let rows: Range<Int>
  private let columns: Range<Int>
  /// Visual tokens in the end.
  let size: PatchGrid

  init(_ picture: PreparedImage, _ contents: PlanContents) {
    side = contents.model.vision.grid / contents.model.patchesPerToken
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

  /// Places of the canvas that have a token when of each tile only places with a count have one; `nil` for all of them.
  func places(counts: [[Int]]?) -> [Int]? {
    guard let counts, counts.contains(where: { $0.contains(0) }) else { return nil }
    let isThere = sources.map { counts[$0.tile][$0.place] > 0 }
    return full.coverage(of: isThere, at: size)
  }

  /// The canvas before it is scaled down.
  private var full: PatchGrid { PatchGrid(rows: rows.count, columns: columns.count) }

  /// Tile and place on the tile of each place of the whole canvas, in raster order.
  private var sources: [(tile: Int, place: Int)] {
    rows.flatMap { row in
      columns.map { column in
        (row / side * tileColumns + column / side, row % side * side + column % side)
      }
    }
  }

  /// The canvas from the tokens of the tiles in raster order, `[side^2 x width]` where none is missing.
  func assemble(_ tiles: [PlacedTokens]) -> PlacedTokens {
    let width = tiles.first?.tokens.columns ?? 0
    let canvas = MatrixView(rows: full.count, columns: width)
    let rowOfPlace = tiles.map { $0.rowOfPlace(count: side * side) }
    var isThere = Array(repeating: true, count: full.count)
    for (target, source) in sources.enumerated() {
      let row = rowOfPlace[source.tile][source.place]
      isThere[target] = row >= 0
      guard row >= 0 else { continue }
      canvas[rows: target..<target + 1].copy(from: tiles[source.tile].tokens[rows: row..<row + 1])
    }
    if isThere.allSatisfy({ $0 }) {
      return PlacedTokens(tokens: full == size ? canvas : full.resized(canvas, to: size))
    }
    let places = full.coverage(of: isThere, at: size)
    let scaled = full == size ? canvas : full.resized(canvas, to: size, isThere)
    let tokens = MatrixView(rows: places.count, columns: width)
    tokens.gather(rows: places, from: scaled)
    return PlacedTokens(tokens: tokens, places: places, counts: counts(at: places, tiles, rowOfPlace))
  }

  /// Counts of places of the canvas: those of the nearest places of the tiles.
  private func counts(at places: [Int], _ tiles: [PlacedTokens], _ rowOfPlace: [[Int]]) -> [Int]? {
    guard tiles.contains(where: { $0.counts != nil }) else { return nil }
    let sources = sources
    return places.map { place in
      let source = sources[full.nearest(place, of: size)]
      return tiles[source.tile].counts?[rowOfPlace[source.tile][source.place]] ?? 1
    }
  }
}

extension PlacedTokens {
  /// The row of each place of the grid, -1 where it has no token.
  fileprivate func rowOfPlace(count: Int) -> [Int] {
    guard let places else { return Array(0..<count) }
    var result = Array(repeating: -1, count: count)
    for (row, place) in places.enumerated() { result[place] = row }
    return result
  }
}

extension PatchGrid {
  /// Places of a smaller grid whose nearest place on this one is there.
  fileprivate func coverage(of isThere: [Bool], at size: PatchGrid) -> [Int] {
    (0..<size.count).filter { isThere[nearest($0, of: size)] }
  }

  /// The place on this grid that is nearest to one of a smaller grid.
  fileprivate func nearest(_ place: Int, of size: PatchGrid) -> Int {
    func nearest(_ place: Int, _ count: Int, _ target: Int) -> Int {
      min(count - 1, (2 * place + 1) * count / (2 * target))
    }
    let (y, x) = place.quotientAndRemainder(dividingBy: size.columns)
    return nearest(y, rows, size.rows) * columns + nearest(x, columns, size.columns)
  }

  /// Bilinear interpolation of rows on a grid, corners not aligned, no antialiasing; of corners that are not there, the
  /// others take the weight.
  fileprivate func resized(_ features: MatrixView, to size: PatchGrid, _ isThere: [Bool]? = nil) -> MatrixView
  {
    let result = MatrixView(rows: size.count, columns: features.columns)
    let vertical = (0..<size.rows).map { Self.neighbours($0, from: rows, to: size.rows) }
    let horizontal = (0..<size.columns).map { Self.neighbours($0, from: columns, to: size.columns) }
    for (y, v) in vertical.enumerated() {
      for (x, h) in horizontal.enumerated() {
        var corners = [
          (v.low * columns + h.low, (1 - v.share) * (1 - h.share)),
          (v.low * columns + h.high, (1 - v.share) * h.share),
          (v.high * columns + h.low, v.share * (1 - h.share)),
          (v.high * columns + h.high, v.share * h.share),
        ]
        if let isThere {
          corners.removeAll { !isThere[$0.0] }
          let sum = corners.reduce(Float(0)) { $0 + $1.1 }
          if sum > 0 { corners = corners.map { ($0.0, $0.1 / sum) } }
        }
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
