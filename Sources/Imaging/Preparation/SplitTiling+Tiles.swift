import Plan

extension SplitTiling {
  /// Longest edge of a resized picture, whatever `longestEdge` says.
  private static let resizeLimit = 4096

  func check() throws(ImageError) {
    try ImagePreprocessor.require(side: side, "side")
    try ImagePreprocessor.require(side: longestEdge, from: 0, "longest_edge")
    try RGBImage.checkSize(side, side)
  }

  /// The picture resized to `longestEdge`, then to whole tiles; the overview is made of the latter.
  ///
  /// Each step resizes what the one before it rounded to bytes.
  func prepare(_ image: RGBImage, _ style: TileStyle) throws(ImageError) -> PreparedImage {
    var canvas = image
    if longestEdge > 0 { canvas = try canvas.resized(to: longestEdgeSize(of: canvas.size), style) }
    if splits { canvas = try canvas.resized(to: wholeTiles(of: canvas.size), style) }
    let overview = try canvas.resized(to: ImageSize(width: side, height: side), style)
    guard splits, canvas.width > side || canvas.height > side else {
      return PreparedImage(overview, of: image)
    }
    return try PreparedImage(overview, canvas: canvas, side: side, of: image)
  }

  /// Sizes of the inputs of a picture, by sizes alone.
  func inputSizes(of image: ImageSize) -> [ImageSize] {
    let tile = ImageSize(width: side, height: side)
    var canvas = longestEdge > 0 ? longestEdgeSize(of: image) : image
    guard splits else { return [tile] }
    canvas = wholeTiles(of: canvas)
    guard canvas.width > side || canvas.height > side else { return [tile] }
    let tiles = canvas.width / side * (canvas.height / side)
    return Array(repeating: tile, count: 1 + min(tiles, PreparedImage.tileLimit))
  }

  /// The longer edge becomes `longestEdge` and the shorter one even, then both are brought within the limit.
  private func longestEdgeSize(of image: ImageSize) -> ImageSize {
    var size = image
    var ratio = Double(size.width) / Double(size.height)
    if size.width >= size.height {
      size.width = longestEdge
      size.height = Int(Double(size.width) / ratio)
      size.height += size.height % 2
    } else {
      size.height = longestEdge
      size.width = Int(Double(size.height) * ratio)
      size.width += size.width % 2
    }
    size = ImageSize(width: max(size.width, 1), height: max(size.height, 1))

    ratio = Double(size.width) / Double(size.height)
    if size.width >= size.height && size.width > Self.resizeLimit {
      size = ImageSize(width: Self.resizeLimit, height: Int(Double(Self.resizeLimit) / ratio))
    } else if size.height > size.width && size.height > Self.resizeLimit {
      size = ImageSize(width: Int(Double(Self.resizeLimit) * ratio), height: Self.resizeLimit)
    }
    return ImageSize(width: max(size.width, 1), height: max(size.height, 1))
  }

  /// The longer edge rounded up to whole tiles, the other one with it, then rounded up as well.
  private func wholeTiles(of image: ImageSize) -> ImageSize {
    let ratio = Double(image.width) / Double(image.height)
    if image.width >= image.height {
      let width = roundedUp(image.width)
      return ImageSize(width: width, height: roundedUp(Int(Double(width) / ratio)))
    }
    let height = roundedUp(image.height)
    return ImageSize(width: roundedUp(Int(Double(height) * ratio)), height: height)
  }

  private func roundedUp(_ length: Int) -> Int { (length + side - 1) / side * side }
}

extension RGBImage {
  fileprivate func resized(
    to size: ImageSize, _ style: TileStyle
  ) throws(ImageError) -> RGBImage {
    try resized(toWidth: size.width, height: size.height, as: style.resampling)
  }
}
