public import Compute

/// Features that a tower gives of one input.
public struct TowerFeatures {
  /// `[leading + places x featureWidth]`: a class token that is kept, then patches in raster order.
  public let rows: MatrixView
  /// Patches of the rows behind the leading ones, ascending.
  public let patches: [Int]
  /// The whole input's grid.
  public let grid: PatchGrid

  /// Rows before the patches.
  public var leading: Int { rows.rows - patches.count }
  /// Whether a patch is missing.
  public var isPartial: Bool { patches.count < grid.count }
}
