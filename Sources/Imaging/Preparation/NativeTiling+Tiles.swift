import Plan

extension NativeTiling {
  func check() throws(ImageError) {
    try resolution.check()
    guard splits else { return }
    try TileGrid.check(side: side, from: minimumTiles, upTo: maximumTiles)
  }

  /// The picture at its own resolution, or tiles of it, with the picture as their overview.
  func prepare(_ image: RGBImage, _ style: TileStyle) throws(ImageError) -> PreparedImage {
    let size = try wholeSize(of: image.size)
    let whole = try image.resized(toWidth: size.width, height: size.height, as: style.resampling)
    guard isCut(image.size) else { return PreparedImage(whole, of: image) }
    let grid = TileGrid(nearest: image.size, side: side, minimumTiles...maximumTiles)
    let canvas = try image.resized(
      toWidth: side * grid.columns, height: side * grid.rows, as: style.resampling)
    return try PreparedImage(hasOverview ? whole : nil, canvas: canvas, side: side, of: image)
  }

  /// Sizes of the inputs of a picture, by sizes alone.
  func inputSizes(of image: ImageSize) throws(ImageError) -> [ImageSize] {
    let whole = try wholeSize(of: image)
    guard isCut(image) else { return [whole] }
    let grid = TileGrid(nearest: image, side: side, minimumTiles...maximumTiles)
    let tiles = Array(repeating: ImageSize(width: side, height: side), count: grid.rows * grid.columns)
    return tiles + (hasOverview ? [whole] : [])
  }

  /// Whether a picture is so large that it is cut.
  private func isCut(_ image: ImageSize) -> Bool {
    guard splits else { return false }
    let units = Double(units(image.width)) * Double(units(image.height))
    return units * Double(resolution.unit * resolution.unit) > Double(resolution.maximumPixels) * tolerance
  }

  private func units(_ length: Int) -> Int {
    max(1, Int((Double(length) / Double(resolution.unit)).rounded(.toNearestOrEven)))
  }

  /// The nearest size of whole units within the limits, at least one each way.
  private func wholeSize(of image: ImageSize) throws(ImageError) -> ImageSize {
    let size = resolution.limited(image, from: (units(image.width), units(image.height)))
    // One unit across and many along is more than the limit.
    if size.pixels > resolution.maximumPixels { try NativeResolution.checkRatio(of: image) }
    return size
  }
}
