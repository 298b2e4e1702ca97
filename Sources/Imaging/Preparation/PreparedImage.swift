/// A picture cut into what the vision tower takes.
public struct PreparedImage: Equatable, Sendable {
  /// The whole picture as one tile or, where the tower takes any size, the picture itself.
  public var overview: RGBImage?
  /// Parts of the picture, row by row.
  public var tiles: [RGBImage] = []
  /// Rows of the grid of tiles; 0 when there are none.
  public var rows = 0
  /// Columns of the grid of tiles; 0 when there are none.
  public var columns = 0
  /// For each group of patches of the overview, in raster order, how many groups its token stands for: itself, and those
  /// that left for it; 0 where the tower does not see it. `nil` for 1 everywhere.
  public var overviewCounts: [Int]?
  /// The same for each tile, raster order in raster order.
  public var tileCounts: [[Int]]?
  /// Columns of the picture before it was prepared.
  public var sourceWidth: Int
  /// Rows of the picture before it was prepared.
  public var sourceHeight: Int

  /// Tiles that the tower sees nothing of, ascending.
  public var leftOutTiles: [Int] {
    guard let tileCounts else { return [] }
    return tileCounts.indices.filter { tileCounts[$0].allSatisfy { $0 == 0 } }
  }

  /// Whether the tower sees nothing of the overview.
  public var isOverviewLeftOut: Bool { overviewCounts?.allSatisfy { $0 == 0 } ?? false }

  /// A picture without tiles.
  public init(overview: RGBImage?, sourceWidth: Int, sourceHeight: Int) {
    self.overview = overview
    self.sourceWidth = sourceWidth
    self.sourceHeight = sourceHeight
  }

  /// `source` as one overview.
  init(_ overview: RGBImage?, of source: RGBImage) {
    self.init(overview: overview, sourceWidth: source.width, sourceHeight: source.height)
  }

  /// Most tiles of a picture. Real settings make hundreds; hostile ones would make a tile of every pixel.
  static let tileLimit = 4096

  /// `source` as an overview, where there is one, and the tiles of `canvas`, whose sides are multiples of `side`.
  init(_ overview: RGBImage?, canvas: RGBImage, side: Int, of source: RGBImage) throws(ImageError) {
    let (rows, columns) = (canvas.height / side, canvas.width / side)
    let count = rows * columns
    try ImagePreprocessor.require(
      count <= Self.tileLimit, "side", "of \(side) makes \(count) tiles, more than \(Self.tileLimit)")
    self.init(overview, canvas: canvas, in: TileGrid(columns: columns, rows: rows), of: source)
  }

  /// `source` as an overview, where there is one, and the tiles of `canvas` on a grid that divides its sides.
  init(_ overview: RGBImage?, canvas: RGBImage, in grid: TileGrid, of source: RGBImage) {
    self.init(overview, of: source)
    (rows, columns) = (grid.rows, grid.columns)
    let (width, height) = (canvas.width / columns, canvas.height / rows)
    for row in 0..<rows {
      for column in 0..<columns {
        let (x, y) = (column * width, row * height)
        tiles.append(canvas.cropped(columns: x..<x + width, rows: y..<y + height))
      }
    }
  }
}
