import Plan

extension TileShape {
  func check() throws(ImageError) {
    try ImagePreprocessor.require(side: side, "side")
    try ImagePreprocessor.require(side: shortestEdge, from: 0, "shortest_edge")
    try RGBImage.checkSize(side, side)
  }

  /// The picture as one tile.
  ///
  /// Only what the crop keeps is resized: a picture of 1 x 65,500 pixels costs no more than another.
  func tile(of image: RGBImage, _ style: TileStyle) throws(ImageError) -> RGBImage {
    if padsToSquare { return try squaredTile(of: image, style) }
    guard shortestEdge > 0 else {
      return try image.resized(toWidth: side, height: side, as: style.resampling)
    }
    let size = image.shortestEdgeSize(shortestEdge)
    let columns = CropAxis(size: size.width, crop: side)
    let rows = CropAxis(size: size.height, crop: side)
    let kept = image.resized(
      toWidth: size.width, height: size.height, columns: columns.kept, rows: rows.kept, as: style.resampling)
    return kept.padded(columns: columns, rows: rows)
  }

  /// The picture as one tile, padded to a square with the mean colour.
  func squaredTile(of image: RGBImage, _ style: TileStyle) throws(ImageError) -> RGBImage {
    guard shortestEdge > 0 else { return try image.squared(to: side, style) }
    return try image.squared(to: shortestEdge, style).centerCropped(to: side)
  }
}
