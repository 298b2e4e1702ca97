import Plan

extension CropTiling {
  /// Most crops that a plan may ask for.
  private static let cropLimit = 1024

  func check() throws(ImageError) {
    try ImagePreprocessor.require(side: side, "side")
    try RGBImage.checkSize(side, side)
    try ImagePreprocessor.require(side: minimumCrop, "minimum_crop")
    try ImagePreprocessor.require(
      (0...Self.cropLimit).contains(maximumCrops), "maximum_crops",
      "is \(maximumCrops), expected 0 to \(Self.cropLimit)")
  }

  /// The picture stretched to a square, and its crops, each stretched as well.
  func prepare(_ image: RGBImage, _ style: TileStyle) throws(ImageError) -> PreparedImage {
    func square(_ part: RGBImage) throws(ImageError) -> RGBImage {
      try part.resized(toWidth: side, height: side, as: style.resampling)
    }
    var prepared = PreparedImage(try square(image), of: image)
    let grid = crops(of: image.size)
    guard grid.columns * grid.rows > 1 else { return prepared }
    (prepared.columns, prepared.rows) = (grid.columns, grid.rows)
    let (width, height) = Self.size(of: image.size, in: grid)
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        let part = image.cropped(
          columns: column * width..<min(image.width, (column + 1) * width),
          rows: row * height..<min(image.height, (row + 1) * height))
        prepared.tiles.append(try square(part))
      }
    }
    return prepared
  }

  /// Sizes of the inputs of a picture, by sizes alone.
  func inputSizes(of image: ImageSize) -> [ImageSize] {
    let grid = crops(of: image)
    let crops = grid.columns * grid.rows
    return Array(repeating: ImageSize(width: side, height: side), count: crops > 1 ? crops + 1 : 1)
  }

  /// How many crops lie side by side along the longer side; one where there are none.
  private func crops(of image: ImageSize) -> TileGrid {
    let (long, short) = (max(image.width, image.height), min(image.width, image.height))
    guard maximumCrops > 0, Double(long) / Double(short) >= ratio else { return TileGrid() }
    // Halves are rounded up.
    let nearest = Int((Double(long) / Double(short) + 0.5).rounded(.down))
    let count = min(maximumCrops, max(2, min(long / minimumCrop, nearest)))
    let grid =
      image.width >= image.height ? TileGrid(columns: count, rows: 1) : TileGrid(columns: 1, rows: count)
    let size = Self.size(of: image, in: grid)
    // The last crop has what is left, which has to be something.
    let along = grid.rows == 1 ? size.width : size.height
    let isWhole = (count - 1) * along < long
    return min(size.width, size.height) < minimumCrop || !isWhole ? TileGrid() : grid
  }

  /// Pixels of each crop but the last, which may have fewer.
  private static func size(of image: ImageSize, in grid: TileGrid) -> (width: Int, height: Int) {
    (
      (image.width + grid.columns - 1) / grid.columns, (image.height + grid.rows - 1) / grid.rows
    )
  }
}
