import Compute

/// A grid of visual tokens that are chosen among each other: a picture, or a tile of one.
public struct ImageGrid: Equatable, Sendable {
  /// The grid's visual tokens in raster order, counted over all images of the prompt, ascending.
  public var tokens: [Int]
  /// Grid rows.
  public var rows: Int
  /// Grid columns.
  public var columns: Int

  /// Place of each token on the grid, ascending; `nil` where every place has a token.
  public var places: [Int]?

  /// A grid of these tokens, `rows * columns` of them.
  public init(tokens: [Int], rows: Int, columns: Int) {
    self.tokens = tokens
    self.rows = rows
    self.columns = columns
  }

  /// A grid of tokens that follow each other.
  public init(firstVisual: Int, rows: Int, columns: Int) {
    self.init(tokens: Array(firstVisual..<firstVisual + rows * columns), rows: rows, columns: columns)
  }

  /// Tokens of the grid.
  public var count: Int { tokens.count }
  /// Place of a token by its number among the grid's.
  func place(of token: Int) -> Int { places?[token] ?? token }

  /// The grid's rows of a matrix that has a row a visual token; a view where they follow each other.
  func rows(of visual: MatrixView) -> MatrixView {
    guard let first = tokens.first, let last = tokens.last else { return visual[rows: 0..<0] }
    if last - first + 1 == tokens.count { return visual[rows: first..<last + 1] }
    let result = MatrixView(rows: tokens.count, columns: visual.columns)
    result.gather(rows: tokens, from: visual)
    return result
  }
}
