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
    /// So many positions of text that left the prompt.
    case gap(Int)
  }

  /// A grid of visual tokens.
  public struct Block: Equatable, Sendable {
    /// Rows of the grid.
    public var rows: Int
    /// Columns of the grid.
    public var columns: Int
    /// Tokens before the grid's that have no place on it: a class token.
    public var leading = 0
    /// Places of the grid that have a token, ascending; `nil` for all of them.
    public var places: [Int]?
    /// How many places each token on the grid stands for, itself and those that left for it; `nil` for one each.
    public var counts: [Int]?
    /// Whether a separator stands behind each row.
    public var endsRows = false
    /// Whether one stands behind rows without a token, too.
    public var endsEmptyRows = true
    /// Tokens of text between each row and the next, whether these have tokens or not.
    public var betweenRows: [Int32] = []
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
    public var count: Int { leading + (places?.count ?? rows * columns) }

    /// Separators.
    public var separatorCount: Int {
      guard endsRows else { return 0 }
      return endsEmptyRows ? rows : places.map { Set($0.map { $0 / columns }).count } ?? rows
    }

    /// Tokens of text between rows.
    public var betweenCount: Int { betweenRows.count * max(0, rows - 1) }

    /// The grids that tokens are chosen from: the tiles, or the block as a whole.
    func tiles(firstVisual: Int) -> [ImageGrid] {
      let rowEdges = [0] + rowCuts + [rows]
      let columnEdges = [0] + columnCuts + [columns]
      return zip(rowEdges, rowEdges.dropFirst()).flatMap { top, bottom in
        zip(columnEdges, columnEdges.dropFirst()).compactMap { left, right in
          guard top < bottom, left < right else { return nil }
          guard let places else {
            return ImageGrid(
              tokens: (top..<bottom).flatMap { row in
                (left..<right).map { firstVisual + row * columns + $0 }
              }, rows: bottom - top, columns: right - left)
          }
          return Self.grid(of: places, columns: columns, top..<bottom, left..<right, firstVisual)
        }
      }
    }

    /// The tokens of a part of a grid with gaps; `nil` where there are none.
    private static func grid(
      of places: [Int], columns: Int, _ rows: Range<Int>, _ part: Range<Int>, _ firstVisual: Int
    ) -> ImageGrid? {
      var grid = ImageGrid(tokens: [], rows: rows.count, columns: part.count)
      var own: [Int] = []
      for (token, place) in places.enumerated() {
        let (row, column) = place.quotientAndRemainder(dividingBy: columns)
        guard rows.contains(row), part.contains(column) else { continue }
        grid.tokens.append(firstVisual + token)
        own.append((row - rows.lowerBound) * part.count + column - part.lowerBound)
      }
      grid.places = own
      return own.isEmpty ? nil : grid
    }
  }

  /// Tokens in the prompt: text, visual tokens and separators.
  public var count: Int {
    elements.reduce(0) { total, element in
      switch element {
      case .tokens(let tokens): total + tokens.count
      case .newline: total + 1
      case .gap: total
      case .block(let index):
        total + blocks[index].count + blocks[index].separatorCount + blocks[index].betweenCount
      }
    }
  }

  /// For each visual token the number that it has where no token is missing.
  public var wholeNumbers: [Int] {
    var first = 0
    return blocks.flatMap { block in
      defer { first += block.leading + block.rows * block.columns }
      let places = block.places ?? Array(0..<block.rows * block.columns)
      return (0..<block.leading).map { first + $0 } + places.map { first + block.leading + $0 }
    }
  }

  /// Visual tokens where none is missing.
  public var wholeCount: Int { blocks.reduce(0) { $0 + $1.leading + $1.rows * $1.columns } }

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
