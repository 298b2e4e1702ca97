import Plan

/// The windows of a picture whose patches are there, each with its tokens and patches.
///
/// A token is there where all of its patches are. One that is missing, and its patches, are not seen.
struct QFormerWindows {
  /// Group of `2 x 2` patches of each token, window after window, each window's in raster order.
  let groups: [Int]
  /// The place of each token in its window.
  let tokenPlaces: [Int]
  /// The row of features of each patch, in the same order of windows.
  let patchRows: [Int]
  /// The place of each patch in its window.
  let patchPlaces: [Int]
  /// Tokens and patches of each window that has some.
  let segments: [(tokens: Range<Int>, patches: Range<Int>)]

  init(_ features: TowerFeatures, side: Int) {
    let (grid, rowOfPatch) = (features.grid, features.rowOfPatch)
    let merge = QFormerModel.merge
    let tokens = PatchGrid(rows: grid.rows / merge, columns: grid.columns / merge)
    let isThere = (0..<tokens.count).map { group in
      grid.patches(ofGroup: group, by: merge).allSatisfy { rowOfPatch[$0] >= 0 }
    }
    let ofTokens = tokens.windows(side: side / merge, keeping: isThere)
    let ofPatches = grid.windows(side: side, keeping: grid.patches(ofGroups: isThere, by: merge))
    groups = ofTokens.order
    tokenPlaces = groups.map { tokens.place($0, inWindowOf: side / merge) }
    patchRows = ofPatches.order.map { rowOfPatch[$0] }
    patchPlaces = ofPatches.order.map { grid.place($0, inWindowOf: side) }
    // A window has both, or neither.
    segments = zip(ofTokens.segments, ofPatches.segments).filter { !$0.0.isEmpty }.map { ($0, $1) }
  }
}

extension PatchGrid {
  /// The place of a patch in its window, in raster order.
  fileprivate func place(_ patch: Int, inWindowOf side: Int) -> Int {
    let (row, column) = patch.quotientAndRemainder(dividingBy: columns)
    return row % side * side + column % side
  }
}
