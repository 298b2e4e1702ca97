public import Models

/// An embedded prompt, ready for its first layer. A run works on its rows in place: whoever runs it twice runs a `copy()`.
public struct PromptRows {
  /// Embedded tokens.
  public let rows: TokenRows
  /// Grids of visual tokens: tiles and pictures.
  public var grids: [ImageGrid]
  /// Number of the first visual token of each picture, ascending.
  public var imageStarts: [Int]

  /// Rows with the grids of their pictures.
  public init(rows: TokenRows, grids: [ImageGrid], imageStarts: [Int]) {
    self.rows = rows
    self.grids = grids
    self.imageStarts = imageStarts
  }

  /// The same prompt with a residual stream of its own, as a run changes it in place.
  public func copy() -> PromptRows { replacing(rows.copy()) }

  /// The same pictures over other rows: those of a later layer boundary.
  public func replacing(_ rows: TokenRows) -> PromptRows {
    let whole = rows.additions.isEmpty ? rows.with(self.rows.additions) : rows
    return PromptRows(rows: whole, grids: grids, imageStarts: imageStarts)
  }
}
