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

  /// Patches in the order in which a tower has them, and the rows of each window.
  struct Windows {
    var order: [Int]
    var segments: [Range<Int>]
  }

  /// Patches window after window, each window's in raster order; windows at the right and lower edges may be smaller.
  /// Of the patches only those that `isKept` names, all without.
  func windows(side: Int, keeping isKept: [Bool]? = nil) -> Windows {
    func kept(_ patches: [Int]) -> [Int] { isKept.map { isKept in patches.filter { isKept[$0] } } ?? patches }
    guard side > 0, side < max(rows, columns) else {
      let all = kept(Array(0..<count))
      return Windows(order: all, segments: [0..<all.count])
    }
    var order: [Int] = []
    order.reserveCapacity(count)
    var segments: [Range<Int>] = []
    for top in stride(from: 0, to: rows, by: side) {
      for left in stride(from: 0, to: columns, by: side) {
        let first = order.count
        for row in top..<min(rows, top + side) {
          order += kept((left..<min(columns, left + side)).map { row * columns + $0 })
        }
        if order.count > first { segments.append(first..<order.count) }
      }
    }
    return Windows(order: order, segments: segments)
  }

  /// Group of `merge x merge` patches that a patch belongs to, groups counted in raster order.
  func group(of patch: Int, by merge: Int) -> Int {
    let (row, column) = patch.quotientAndRemainder(dividingBy: columns)
    return row / merge * (columns / merge) + column / merge
  }

  /// For each patch what is said of its group of `merge x merge`.
  public func patches<Value>(ofGroups values: [Value], by merge: Int) -> [Value] {
    (0..<count).map { values[group(of: $0, by: merge)] }
  }

  /// Patches of a group, in raster order.
  func patches(ofGroup group: Int, by merge: Int) -> [Int] {
    let (groupRow, groupColumn) = group.quotientAndRemainder(dividingBy: columns / merge)
    return (0..<merge * merge).map { place in
      let (y, x) = place.quotientAndRemainder(dividingBy: merge)
      return (groupRow * merge + y) * columns + groupColumn * merge + x
    }
  }
}

extension TowerFeatures {
  /// The mean of each `merge x merge` group of rows, group after group in raster order, `[groups x width]`; and the groups.
  func pooled(by merge: Int) -> (rows: MatrixView, groups: [Int]) {
    let (joined, groups) = merged(by: merge)
    let width = rows.columns
    let result = MatrixView(rows: groups.count, columns: width)
    for place in 0..<merge * merge { result.add(joined[columns: place * width..<(place + 1) * width]) }
    result.scale(by: 1 / Float(merge * merge))
    return (result, groups)
  }

  /// Lays each `merge x merge` group of rows side by side, group after group in raster order: `[n x width]` to
  /// `[groups x (merge^2 * width)]`, a group's patches in raster order; and the groups. Whole groups are there, or none
  /// of their patches.
  func merged(by merge: Int) -> (rows: MatrixView, groups: [Int]) {
    guard merge > 1 else { return (rows, patches) }
    let width = rows.columns
    let rowOfPatch = rowOfPatch
    let groups = groups(of: rowOfPatch, by: merge)
    let result = MatrixView(rows: groups.count, columns: merge * merge * width)
    for (row, group) in groups.enumerated() {
      for (place, patch) in grid.patches(ofGroup: group, by: merge).enumerated() {
        let source = rowOfPatch[patch]
        result[rows: row..<row + 1][columns: place * width..<(place + 1) * width]
          .copy(from: rows[rows: source..<source + 1])
      }
    }
    return (result, groups)
  }

  /// One row of each `merge x merge` group, that of the patch at a place of the group in raster order, `[groups x width]`; and
  /// the groups.
  func picked(_ place: Int, by merge: Int) -> (rows: MatrixView, groups: [Int]) {
    let rowOfPatch = rowOfPatch
    let groups = groups(of: rowOfPatch, by: merge)
    let result = MatrixView(rows: groups.count, columns: rows.columns)
    result.gather(rows: groups.map { rowOfPatch[grid.patches(ofGroup: $0, by: merge)[place]] }, from: rows)
    return (result, groups)
  }

  /// The row of each patch of the grid, -1 where it has none.
  var rowOfPatch: [Int] {
    var result = Array(repeating: -1, count: grid.count)
    for (index, patch) in patches.enumerated() { result[patch] = leading + index }
    return result
  }

  /// Groups all of whose patches are there, in raster order.
  private func groups(of rowOfPatch: [Int], by merge: Int) -> [Int] {
    let all = 0..<(grid.rows / merge) * (grid.columns / merge)
    return all.filter { grid.patches(ofGroup: $0, by: merge).allSatisfy { rowOfPatch[$0] >= 0 } }
  }
}
