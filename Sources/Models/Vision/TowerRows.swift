import Glibc

/// The rows that a tower works on for one input, and the patch of the picture that each stands for.
///
/// Patches may be missing from the start or leave on the way; those that stay keep their places on the grid.
struct TowerRows {
  /// The whole input's grid.
  let grid: PatchGrid
  /// Rows before the patches: a class token.
  let leading: Int
  /// Patch of each row behind the leading ones.
  private(set) var patches: [Int]
  /// Rows of each window.
  private(set) var windows: [Range<Int>]
  /// For each patch the row that has its features, -1 where none has.
  private(set) var rowOfPatch: [Int]

  /// What is added to the scores of each row's key, the logarithm of how many patches it stands for; empty where each
  /// stands for itself alone.
  private(set) var scoreOffsets: [Float]

  /// All rows.
  var count: Int { leading + patches.count }

  init(windowed: PatchGrid.Windows, counts: [Int]? = nil, leading: Int, grid: PatchGrid) {
    self.grid = grid
    self.leading = leading
    patches = windowed.order
    windows = windowed.segments
    scoreOffsets = []
    if let counts, counts.contains(where: { $0 > 1 }) {
      scoreOffsets =
        Array(repeating: 0, count: leading) + windowed.order.map { logf(Float(counts[$0])) }
    }
    rowOfPatch = Array(repeating: -1, count: grid.count)
    for (index, patch) in patches.enumerated() { rowOfPatch[patch] = leading + index }
  }

  /// The rows that windows of `side x side` patches become, one each, in raster order; and the rows of these patches, window
  /// after window, each in raster order. Whole windows are there, or none of their patches.
  func merged(by side: Int) -> (rows: TowerRows, order: [Int]) {
    let small = PatchGrid(rows: grid.rows / side, columns: grid.columns / side)
    let windows = (0..<small.count).filter { window in
      grid.patches(ofGroup: window, by: side).allSatisfy { rowOfPatch[$0] >= 0 }
    }
    let order = windows.flatMap { grid.patches(ofGroup: $0, by: side).map { rowOfPatch[$0] } }
    var rows = TowerRows(
      windowed: PatchGrid.Windows(order: windows, segments: [0..<windows.count]), leading: 0, grid: small)
    if !scoreOffsets.isEmpty {
      rows.scoreOffsets = stride(from: 0, to: order.count, by: side * side).map { scoreOffsets[order[$0]] }
    }
    return (rows, order)
  }

  /// All rows, or windows of them where a layer sees no more.
  func segments(isFull: Bool) -> [Range<Int>] {
    isFull || windows.count < 2 ? [0..<count] : windows
  }

  /// Keeps only the listed rows, ascending. A patch that leaves is read from the row that `target` names of those there
  /// are before, or from none.
  mutating func keep(_ rows: [Int], target: (Int) -> Int?) {
    var newRow = Array(repeating: -1, count: count)
    for (index, row) in rows.enumerated() { newRow[row] = index }
    for patch in rowOfPatch.indices where rowOfPatch[patch] >= 0 {
      let row = rowOfPatch[patch]
      rowOfPatch[patch] = newRow[row] >= 0 ? newRow[row] : target(row).map { newRow[$0] } ?? -1
    }
    var ends: [Int] = []
    for window in windows { ends.append(rows.count { $0 < window.upperBound }) }
    windows = zip([0] + ends, ends).compactMap { $0 < $1 ? $0..<$1 : nil }
    patches = rows.filter { $0 >= leading }.map { patches[$0 - leading] }
    if !scoreOffsets.isEmpty { scoreOffsets = rows.map { scoreOffsets[$0] } }
  }
}
