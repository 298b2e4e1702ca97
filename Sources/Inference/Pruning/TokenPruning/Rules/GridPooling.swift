import Compute

/// Means of square blocks of neighbours instead of their tokens: the plainest way to make fewer tokens of a picture.
///
/// Blocks are as small as the budget allows, and only so many of them are pooled, evenly spread over the grid.
struct GridPooling {
  /// Places of each pooled block in raster order, the one that stays first.
  let blocks: [[Int]]
  /// Places that stay, ascending.
  let kept: [Int]

  /// Blocks for one grid, of which `count` places stay.
  init(_ grid: ImageGrid, keeping count: Int) {
    let target = min(grid.count, count)
    guard target > 0 else {
      (blocks, kept) = ([], [])
      return
    }
    var side = 2
    while Self.blocks(of: grid, side: side).count > target { side += 1 }
    let all = Self.blocks(of: grid, side: side)
    let excess = grid.count - target
    var chosen: [[Int]] = []
    while Self.removed(by: chosen) < excess {
      chosen = evenlySpaced(chosen.count + 1, of: all.count).map { all[$0] }
    }
    // The last block gives back what is too much.
    while let last = chosen.last, Self.removed(by: chosen) > excess {
      chosen.removeLast()
      let rest = last.dropLast(min(last.count - 1, Self.removed(by: chosen) + last.count - 1 - excess))
      if rest.count > 1 { chosen.append(Array(rest)) }
    }
    blocks = chosen
    var stays = Array(repeating: true, count: grid.count)
    for place in chosen.flatMap({ $0.dropFirst() }) { stays[place] = false }
    kept = stays.indices.filter { stays[$0] }
  }

  /// Writes each block's mean to its first row; `rows` has the row of `hidden` for each place.
  func average(_ hidden: MatrixView, at rows: [Int]) {
    for block in blocks {
      guard let first = block.first else { continue }
      hidden.withRow(rows[first]) { mean in
        for place in block.dropFirst() {
          hidden.withRow(rows[place]) { row in for index in mean.indices { mean[index] += row[index] } }
        }
        for index in mean.indices { mean[index] /= Float(block.count) }
      }
    }
  }

  /// Tokens of each square of the grid, by their numbers among the grid's.
  private static func blocks(of grid: ImageGrid, side: Int) -> [[Int]] {
    guard let places = grid.places else { return squares(of: grid, side: side) }
    var tokens: [Int: Int] = [:]
    for (token, place) in places.enumerated() { tokens[place] = token }
    return squares(of: grid, side: side).map { $0.compactMap { tokens[$0] } }.filter { !$0.isEmpty }
  }

  private static func squares(of grid: ImageGrid, side: Int) -> [[Int]] {
    stride(from: 0, to: grid.rows, by: side).flatMap { top in
      stride(from: 0, to: grid.columns, by: side).map { left in
        (top..<min(grid.rows, top + side)).flatMap { row in
          (left..<min(grid.columns, left + side)).map { row * grid.columns + $0 }
        }
      }
    }
  }

  private static func removed(by blocks: [[Int]]) -> Int { blocks.reduce(0) { $0 + $1.count - 1 } }
}
