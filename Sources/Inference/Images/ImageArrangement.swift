public import Compute

/// What one picture becomes in a prompt: text around blocks of visual tokens, in order.
public struct ImageArrangement: Equatable, Sendable {
  /// Text, blocks and separators, in order.
  public var elements: [Element] = []
  /// The blocks that `elements` name.
  public var blocks: [Block] = []

  /// Nothing yet.
  public init() {}

  /// One element of the order.
  public enum Element: Equatable, Sendable {
    /// Tokens of text.
    case tokens([Int32])
    /// All visual tokens of a block.
    case block(Int)
    /// A learned separator; counts as text.
    case newline
  }

  /// A grid of visual tokens.
  public struct Block: Equatable, Sendable {
    /// Rows of the grid.
    public var rows: Int
    /// Columns of the grid.
    public var columns: Int
    /// Tokens before the grid's that have no place on it: a class token.
    public var leading = 0
    /// Whether a separator stands behind each row.
    public var endsRows = false
    /// Rows before which a new tile begins, the first excluded.
    public var rowCuts: [Int] = []
    /// Columns before which a new tile begins, the first excluded.
    public var columnCuts: [Int] = []

    /// A block of one tile.
    public init(rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
    }

    /// Visual tokens.
    public var count: Int { leading + rows * columns }

    /// The grids that tokens are chosen from: the tiles, or the block as a whole.
    func tiles(firstVisual: Int) -> [ImageGrid] {
      let rowEdges = [0] + rowCuts + [rows]
      let columnEdges = [0] + columnCuts + [columns]
      return zip(rowEdges, rowEdges.dropFirst()).flatMap { top, bottom in
        zip(columnEdges, columnEdges.dropFirst()).compactMap { left, right in
          guard top < bottom, left < right else { return nil }
          return ImageGrid(
            tokens: (top..<bottom).flatMap { row in
              (left..<right).map { firstVisual + row * columns + $0 }
            }, rows: bottom - top, columns: right - left)
        }
      }
    }
  }

  /// Tokens in the prompt: text, visual tokens and separators.
  public var count: Int {
    elements.reduce(0) { total, element in
      switch element {
      case .tokens(let tokens): total + tokens.count
      case .newline: total + 1
      case .block(let index): total + blocks[index].count + (blocks[index].endsRows ? blocks[index].rows : 0)
      }
    }
  }

  /// Visual tokens.
  public var visualCount: Int { blocks.reduce(0) { $0 + $1.count } }
}

/// A picture as the decoder sees it.
public struct ImageTokens: Sendable {
  /// The order of its tokens.
  public var arrangement: ImageArrangement
  /// Visual tokens of each block, `[block.count x width]`.
  public var features: [FrozenMatrix]

  /// An arrangement with its features.
  public init(arrangement: ImageArrangement, features: [FrozenMatrix]) {
    self.arrangement = arrangement
    self.features = features
  }
}
