import Plan

/// The windows of a picture whose patches are there, each with its tokens and patches.
///
/// A token is there where all of its patches are. One that is missing, and its patches, are not seen.
struct QFormerWindows {
  /// Group of `2 x 2` patches of each token, window after window, each window's in raster order.
  private(set) var groups: [Int] = []
  /// The place of each token in its window.
  private(set) var tokenPlaces: [Int] = []
  /// The row of features of each patch, in the same order of windows.
  private(set) var patchRows: [Int] = []
  /// The place of each patch in its window.
  private(set) var patchPlaces: [Int] = []
  /// Tokens and patches of each window that has some.
  private(set) var segments: [(tokens: Range<Int>, patches: Range<Int>)] = []

  init(_ features: TowerFeatures, side: Int) {
    let (grid, rowOfPatch) = (features.grid, features.rowOfPatch)
    let merge = QFormerModel.merge
    for top in stride(from: 0, to: grid.rows, by: side) {
      for left in stride(from: 0, to: grid.columns, by: side) {
        let (firstToken, firstPatch) = (groups.count, patchRows.count)
        for place in 0..<side / merge * (side / merge) {
          let (row, column) = place.quotientAndRemainder(dividingBy: side / merge)
          let group = (top / merge + row) * (grid.columns / merge) + left / merge + column
          guard grid.patches(ofGroup: group, by: merge).allSatisfy({ rowOfPatch[$0] >= 0 }) else { continue }
          groups.append(group)
          tokenPlaces.append(place)
        }
        for place in 0..<side * side {
          let (row, column) = place.quotientAndRemainder(dividingBy: side)
          let features = rowOfPatch[(top + row) * grid.columns + left + column]
          guard features >= 0 else { continue }
          patchRows.append(features)
          patchPlaces.append(place)
        }
        if groups.count > firstToken {
          segments.append((firstToken..<groups.count, firstPatch..<patchRows.count))
        }
      }
    }
  }
}
