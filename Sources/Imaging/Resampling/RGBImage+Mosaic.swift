extension RGBImage {
  /// Tiles of one size side by side, `columns` in a row, in raster order.
  ///
  /// - Precondition: there is a whole number of rows of tiles, at least one, all of the same size.
  public init(joining tiles: [RGBImage], columns: Int) {
    precondition(columns > 0 && !tiles.isEmpty && tiles.count % columns == 0, "tiles fill their rows")
    let (width, height) = (tiles[0].width, tiles[0].height)
    precondition(tiles.allSatisfy { $0.width == width && $0.height == height }, "tiles are of one size")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(tiles.count * width * height * 3)
    for first in stride(from: 0, to: tiles.count, by: columns) {
      for y in 0..<height {
        for tile in tiles[first..<first + columns] { bytes += tile.row(y) }
      }
    }
    self.init(width: columns * width, height: tiles.count / columns * height, pixels: bytes)
  }
}
