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
    if longestEdge > 0 { canvas = try canvas.resized(to: longestEdgeSize(of: canvas), style) }
    if splits { canvas = try canvas.resized(to: wholeTiles(of: canvas), style) }
    let overview = try canvas.resized(to: (side, side), style)
    guard splits, canvas.width > side || canvas.height > side else {
      return PreparedImage(overview, of: image)
    }
    return try PreparedImage(overview, canvas: canvas, side: side, of: image)
  }

  /// The longer edge becomes `longestEdge` and the shorter one even, then both are brought within the limit.
  private func longestEdgeSize(of image: RGBImage) -> (width: Int, height: Int) {
    var size = (width: image.width, height: image.height)
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
    size = (max(size.width, 1), max(size.height, 1))

    ratio = Double(size.width) / Double(size.height)
    if size.width >= size.height && size.width > Self.resizeLimit {
      size = (Self.resizeLimit, Int(Double(Self.resizeLimit) / ratio))
    } else if size.height > size.width && size.height > Self.resizeLimit {
      size = (Int(Double(Self.resizeLimit) * ratio), Self.resizeLimit)
    }
    return (max(size.width, 1), max(size.height, 1))
  }

  /// The longer edge rounded up to whole tiles, the other one with it, then rounded up as well.
  private func wholeTiles(of image: RGBImage) -> (width: Int, height: Int) {
    let ratio = Double(image.width) / Double(image.height)
    if image.width >= image.height {
      let width = roundedUp(image.width)
      return (width, roundedUp(Int(Double(width) / ratio)))
    }
    let height = roundedUp(image.height)
    return (roundedUp(Int(Double(height) * ratio)), height)
  }

  private func roundedUp(_ length: Int) -> Int { (length + side - 1) / side * side }
}

extension RGBImage {
  fileprivate func resized(
    to size: (width: Int, height: Int), _ style: TileStyle
  ) throws(ImageError) -> RGBImage {
    try resized(toWidth: size.width, height: size.height, filter: style.filter)
  }
}
