import Compute

/// Rows and columns of patches, or of visual tokens.
public struct PatchGrid: Equatable, Sendable {
  /// Rows.
  public var rows: Int
  /// Columns.
  public var columns: Int

  /// A grid of that size.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Places in the grid.
  public var count: Int { rows * columns }

  /// Patches window after window, each window's in raster order, and the rows of each window; windows at the right and
  /// lower edges may be smaller.
  func windows(side: Int) -> (order: [Int], segments: [Range<Int>]) {
    guard side > 0, side < max(rows, columns) else { return (Array(0..<count), [0..<count]) }
    var order: [Int] = []
    order.reserveCapacity(count)
    var segments: [Range<Int>] = []
    for top in stride(from: 0, to: rows, by: side) {
      for left in stride(from: 0, to: columns, by: side) {
        let first = order.count
        for row in top..<min(rows, top + side) {
          order += (left..<min(columns, left + side)).map { row * columns + $0 }
        }
        segments.append(first..<order.count)
      }
    }
    return (order, segments)
  }

  /// Lays each `merge x merge` block of rows side by side, block after block in raster order:
  /// `[rows * columns x width]` to `[blocks x (merge^2 * width)]`, a block's patches in raster order.
  func merged(_ features: MatrixView, by merge: Int) -> MatrixView {
    guard merge > 1 else { return features }
    let width = features.columns
    let result = MatrixView(rows: count / (merge * merge), columns: merge * merge * width)
    for block in 0..<result.rows {
      let (blockRow, blockColumn) = block.quotientAndRemainder(dividingBy: columns / merge)
      for place in 0..<merge * merge {
        let (y, x) = place.quotientAndRemainder(dividingBy: merge)
        let source = (blockRow * merge + y) * columns + blockColumn * merge + x
        result[rows: block..<block + 1][columns: place * width..<(place + 1) * width]
          .copy(from: features[rows: source..<source + 1])
      }
    }
    return result
  }
}
