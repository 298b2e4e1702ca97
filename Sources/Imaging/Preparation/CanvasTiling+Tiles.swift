import Plan

extension CanvasTiling {
  /// Most tiles that a plan may ask for.
  private static let tileLimit = 1024

  func check() throws(ImageError) {
    try ImagePreprocessor.require(side: side, "side")
    try RGBImage.checkSize(side, side)
    try ImagePreprocessor.require(
      minimumTiles >= 1 && minimumTiles <= maximumTiles && maximumTiles <= Self.tileLimit, "maximum_tiles",
      "is \(maximumTiles) with a minimum of \(minimumTiles), expected 1 to \(Self.tileLimit)")
  }

  /// The picture stretched to the best grid and cut into its tiles, with a thumbnail where there are several.
  func prepare(_ image: RGBImage, _ style: TileStyle) throws(ImageError) -> PreparedImage {
    let thumbnail = try image.resized(toWidth: side, height: side, filter: style.filter)
    let grid = bestGrid(for: image.size)
    guard grid.rows * grid.columns > 1 else { return PreparedImage(thumbnail, of: image) }
    let canvas = try image.resized(
      toWidth: side * grid.columns, height: side * grid.rows, filter: style.filter)
    return try PreparedImage(thumbnail, canvas: canvas, side: side, of: image)
  }

  /// Sizes of the inputs of a picture, by sizes alone.
  func inputSizes(of image: ImageSize) -> [ImageSize] {
    let grid = bestGrid(for: image)
    let tiles = grid.rows * grid.columns
    return Array(repeating: ImageSize(width: side, height: side), count: tiles > 1 ? tiles + 1 : 1)
  }

  /// The grid whose aspect ratio is nearest to the picture's. Of two as near, the one with more tiles, as long as the
  /// tiles have fewer than twice the picture's pixels.
  private func bestGrid(for image: ImageSize) -> (columns: Int, rows: Int) {
    let ratio = Double(image.width) / Double(image.height)
    let area = Double(image.pixels)
    var best = (columns: 1, rows: 1)
    var leastDifference = Double.infinity
    for count in minimumTiles...maximumTiles {
      for columns in 1...count where count % columns == 0 {
        let rows = count / columns
        let difference = abs(ratio - Double(columns) / Double(rows))
        let isEqual = difference == leastDifference
        guard difference < leastDifference || (isEqual && area > 0.5 * Double(side * side * count)) else {
          continue
        }
        leastDifference = difference
        best = (columns, rows)
      }
    }
    return best
  }
}
