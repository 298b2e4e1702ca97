public import Compute

/// Features that a tower gives of one input.
public struct TowerFeatures {
  /// `[leading + places x featureWidth]`, and a width more for each deep layer: a class token that is kept, then patches in
  /// raster order.
  public let rows: MatrixView
  /// Patches of the rows behind the leading ones, ascending.
  public let patches: [Int]
  /// The whole input's grid.
  public let grid: PatchGrid

  /// Some columns of the same features.
  func columns(_ range: Range<Int>) -> TowerFeatures {
    TowerFeatures(rows: rows[columns: range], patches: patches, grid: grid)
  }

  /// Rows before the patches.
  public var leading: Int { rows.rows - patches.count }
  /// Whether a patch is missing.
  public var isPartial: Bool { patches.count < grid.count }
}
