/// Rows and columns of tiles.
struct TileGrid {
  var columns = 1
  var rows = 1

  /// A grid of a size; without arguments, of one tile.
  init(columns: Int = 1, rows: Int = 1) {
    self.columns = columns
    self.rows = rows
  }

  /// Most tiles that a plan may ask for.
  private static let tileLimit = 1024

  /// Refuses tiles and numbers of them that no plan may ask for.
  static func check(side: Int, from minimum: Int, upTo maximum: Int) throws(ImageError) {
    try ImagePreprocessor.require(side: side, "side")
    try RGBImage.checkSize(side, side)
    try ImagePreprocessor.require(
      minimum >= 1 && minimum <= maximum && maximum <= tileLimit, "maximum_tiles",
      "is \(maximum) with a minimum of \(minimum), expected 1 to \(tileLimit)")
  }

  /// The grid of so many square tiles whose aspect ratio is nearest to a picture's. Of two as near, the one with more
  /// tiles, as long as the tiles have fewer than twice the picture's pixels.
  init(nearest image: ImageSize, side: Int, _ counts: ClosedRange<Int>) {
    let ratio = Double(image.width) / Double(image.height)
    let area = Double(image.pixels)
    var leastDifference = Double.infinity
    for count in counts {
      for columns in 1...count where count % columns == 0 {
        let rows = count / columns
        let difference = abs(ratio - Double(columns) / Double(rows))
        let isEqual = difference == leastDifference
        guard difference < leastDifference || (isEqual && area > 0.5 * Double(side * side * count)) else {
          continue
        }
        leastDifference = difference
        (self.columns, self.rows) = (columns, rows)
      }
    }
  }
}
