import Glibc
import Plan

extension SliceTiling {
  /// Most slices that a plan may ask for.
  private static let sliceLimit = 1024

  func check() throws(ImageError) {
    try ImagePreprocessor.require(side: unit, "unit")
    try ImagePreprocessor.require(side: side, "side")
    try ImagePreprocessor.require(
      (1...Self.sliceLimit).contains(maximumTiles), "maximum_tiles",
      "is \(maximumTiles), expected 1 to \(Self.sliceLimit)")
  }

  /// The picture in its own shape, and where it is large, its slices, of one size.
  func prepare(_ image: RGBImage, _ style: TileStyle) throws(ImageError) -> PreparedImage {
    let grid = grid(of: image.size)
    let size = wholeSize(of: image.size, isCut: grid != nil)
    let whole = try image.resized(toWidth: size.width, height: size.height, as: style.resampling)
    guard let grid else { return PreparedImage(whole, of: image) }
    let slice = sliceSize(of: image.size, in: grid)
    let canvas = try image.resized(
      toWidth: slice.width * grid.columns, height: slice.height * grid.rows, as: style.resampling)
    return PreparedImage(whole, canvas: canvas, in: grid, of: image)
  }

  /// Sizes of the inputs of a picture, by sizes alone.
  func inputSizes(of image: ImageSize) -> [ImageSize] {
    let grid = grid(of: image)
    let whole = wholeSize(of: image, isCut: grid != nil)
    guard let grid else { return [whole] }
    return [whole]
      + Array(repeating: sliceSize(of: image, in: grid), count: grid.rows * grid.columns)
  }

  /// Rows and columns of slices; `nil` for a picture that is not cut.
  ///
  /// About as many slices as the picture has times the square's pixels, one more or less where that grid's aspect ratio is
  /// nearer to the picture's. Of two as near, the one with more rows.
  private func grid(of image: ImageSize) -> TileGrid? {
    let (width, height) = (Double(image.width), Double(image.height))
    let ratio = log(width / height)
    let times = (width * height / Double(side * side)).rounded(.up)
    let count = times < Double(maximumTiles) ? Int(times) : maximumTiles
    guard count > 1 else { return nil }
    var best = TileGrid()
    var least = Double.infinity
    for slices in [count - 1, count, count + 1] where slices > 1 && slices <= maximumTiles {
      for rows in 1...slices where slices % rows == 0 {
        let error = abs(ratio - log(Double(slices / rows) / Double(rows)))
        if error < least || (error == least && rows > best.rows) {
          best = TileGrid(columns: slices / rows, rows: rows)
          least = error
        }
      }
    }
    return best
  }

  private func wholeSize(of image: ImageSize, isCut: Bool) -> ImageSize {
    size(width: Double(image.width), height: Double(image.height), enlarges: !isCut)
  }

  /// The size of each slice of a grid.
  private func sliceSize(of image: ImageSize, in grid: TileGrid) -> ImageSize {
    func length(_ whole: Int, _ count: Int) -> Double {
      max(1, (Double(whole) / Double(count)).rounded(.toNearestOrEven))
    }
    return size(
      width: length(image.width, grid.columns), height: length(image.height, grid.rows), enlarges: true)
  }

  /// A size in whole units of about the square's pixels, or fewer where it does not enlarge.
  private func size(width: Double, height: Double, enlarges: Bool) -> ImageSize {
    var (width, height) = (width, height)
    if enlarges || width * height > Double(side * side) {
      let ratio = width / height
      height = (Double(side) / ratio.squareRoot()).rounded(.down)
      width = (height * ratio).rounded(.down)
    }
    func whole(_ length: Double) -> Int {
      max(unit, Int((length / Double(unit)).rounded(.toNearestOrEven)) * unit)
    }
    return ImageSize(width: whole(width), height: whole(height))
  }
}
