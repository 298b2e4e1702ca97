import Plan

extension AnyResolutionTiling {
  func check() throws(ImageError) {
    try tile.check()
    try ImagePreprocessor.require(overview.count == 2, "overview", "has \(overview.count) sides, expected 2")
    for side in overview { try ImagePreprocessor.require(side: side, "overview") }
    try ImagePreprocessor.require(
      !resolutions.isEmpty && resolutions.count % 2 == 0, "resolutions",
      "has \(resolutions.count) sides, expected pairs")
    for side in resolutions {
      try ImagePreprocessor.require(side: side, "resolutions")
      try ImagePreprocessor.require(
        side % tile.side == 0, "resolutions", "has \(side), which is not a number of tiles of \(tile.side)")
    }
  }

  /// An overview, and the picture within the best resolution cut into tiles.
  func prepare(_ image: RGBImage, among count: Int, _ style: TileStyle) throws(ImageError) -> PreparedImage {
    if squaresSeveral && count > 1 {
      return PreparedImage(try tile.squaredTile(of: image, style), of: image)
    }
    let stretched = try image.resized(toWidth: overview[1], height: overview[0], as: style.resampling)
    let whole = try tile.tile(of: stretched, style)
    // Without a resolution to cut tiles of, the overview stands alone.
    if resolutions.isEmpty { return PreparedImage(whole, of: image) }
    let best = bestResolution(for: image.size)
    let size = fittedSize(of: image, in: best)
    let canvas = try image.resized(toWidth: size.width, height: size.height, as: style.resampling)
      .centered(onWidth: best.width, height: best.height)
    var prepared = try PreparedImage(whole, canvas: canvas, side: tile.side, of: image)
    for index in prepared.tiles.indices {
      prepared.tiles[index] = try tile.tile(of: prepared.tiles[index], style)
    }
    return prepared
  }

  /// Sizes of the inputs of a picture, by sizes alone.
  func inputSizes(of image: ImageSize, among count: Int) -> [ImageSize] {
    let side = ImageSize(width: tile.side, height: tile.side)
    if (squaresSeveral && count > 1) || resolutions.isEmpty { return [side] }
    let best = bestResolution(for: image)
    let tiles = best.width / tile.side * (best.height / tile.side)
    return Array(repeating: side, count: 1 + min(tiles, PreparedImage.tileLimit))
  }

  /// The resolution that shows most of the picture's pixels and, among equals, wastes the fewest of its own; the
  /// first of several.
  private func bestResolution(for image: ImageSize) -> (width: Int, height: Int) {
    let (width, height) = (Double(image.width), Double(image.height))
    var best = (width: 0, height: 0, effective: 0, wasted: Int.max)
    for index in stride(from: 0, to: resolutions.count, by: 2) {
      let candidate = (width: resolutions[index + 1], height: resolutions[index])
      let scale = min(Double(candidate.width) / width, Double(candidate.height) / height)
      let effective = min(Int(width * scale) * Int(height * scale), image.width * image.height)
      let wasted = candidate.width * candidate.height - effective
      if effective > best.effective || (effective == best.effective && wasted < best.wasted) {
        best = (candidate.width, candidate.height, effective, wasted)
      }
    }
    return (best.width, best.height)
  }

  /// The largest size of the picture's aspect ratio within a resolution.
  private func fittedSize(
    of image: RGBImage, in target: (width: Int, height: Int)
  ) -> (width: Int, height: Int) {
    let across = Double(target.width) / Double(image.width)
    let down = Double(target.height) / Double(image.height)
    if across < down {
      return (target.width, min(Int((Double(image.height) * across).rounded(.up)), target.height))
    }
    return (min(Int((Double(image.width) * down).rounded(.up)), target.width), target.height)
  }
}
