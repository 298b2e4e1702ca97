import Plan

extension CanvasTiling {
  func check() throws(ImageError) {
    try TileGrid.check(side: side, from: minimumTiles, upTo: maximumTiles)
  }

  /// The picture stretched to the best grid and cut into its tiles, with a thumbnail where there are several.
  func prepare(_ image: RGBImage, _ style: TileStyle) throws(ImageError) -> PreparedImage {
    let thumbnail = try image.resized(toWidth: side, height: side, as: style.resampling)
    let grid = TileGrid(nearest: image.size, side: side, minimumTiles...maximumTiles)
    guard grid.rows * grid.columns > 1 else { return PreparedImage(thumbnail, of: image) }
    let canvas = try image.resized(
      toWidth: side * grid.columns, height: side * grid.rows, as: style.resampling)
    return try PreparedImage(thumbnail, canvas: canvas, side: side, of: image)
  }

  /// Sizes of the inputs of a picture, by sizes alone.
  func inputSizes(of image: ImageSize) -> [ImageSize] {
    let grid = TileGrid(nearest: image, side: side, minimumTiles...maximumTiles)
    let tiles = grid.rows * grid.columns
    return Array(repeating: ImageSize(width: side, height: side), count: tiles > 1 ? tiles + 1 : 1)
  }
}
