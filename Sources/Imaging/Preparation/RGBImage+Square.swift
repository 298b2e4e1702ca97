import Plan

extension RGBImage {
  /// The picture in the middle of a plain square of its longer side, resized to `side` x `side`.
  ///
  /// The square of a panorama can be many times larger than the panorama. Beyond `mostAtOnce` pixels it is never
  /// in memory as a whole: Pillow begins with the horizontal pass, and this pass works on rows alone.
  func squared(
    to side: Int, _ style: TileStyle, mostAtOnce: Int = sizeLimits.maxPixels
  ) throws(ImageError) -> RGBImage {
    let length = max(width, height)
    guard length > side, length * length > mostAtOnce, style.resampling.filter != .nearest else {
      return try centered(onWidth: length, height: length, background: style.background)
        .resized(toWidth: side, height: side, as: style.resampling)
    }
    try Self.checkSize(side, length)
    let kernel = ResamplingKernel(input: length, output: side, window: 0..<side, as: style.resampling)
    guard length <= Self.longestSquare, kernel.stride <= Self.mostPlainWeights else {
      throw .invalidSize(width: length, height: length)
    }
    let narrow =
      width == length
      ? try narrowed(kernel).centered(onWidth: side, height: length, background: style.background)
      : try narrowedStrips(kernel, length: length, style, rows: max(1, mostAtOnce / length / 8))
    let bytes = ResamplingPasses.vertical(
      narrow.pixels, rowBytes: side * 3, bytes: 0..<side * 3, firstRow: 0, kernel: kernel)
    return RGBImage(width: side, height: side, pixels: bytes)
  }

  /// Longest side of a square: its passes take seconds.
  private static let longestSquare = 32_768

  /// With so many weights each off by half a unit, a plain colour still comes out of a pass as it was: their error
  /// is below `2^21 / 255` units.
  private static let mostPlainWeights = 16_000

  /// The horizontal pass of the padded square, `[length x kernel outputs]`, so many rows at a time.
  private func narrowedStrips(
    _ kernel: ResamplingKernel, length: Int, _ style: TileStyle, rows: Int
  ) throws(ImageError) -> RGBImage {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length * kernel.starts.count * 3)
    for start in stride(from: 0, to: length, by: rows) {
      let range = start..<min(start + rows, length)
      bytes += try cropped(columns: 0..<width, rows: range)
        .centered(onWidth: length, height: range.count, background: style.background)
        .narrowed(kernel).pixels
    }
    return RGBImage(width: kernel.starts.count, height: length, pixels: bytes)
  }

  private func narrowed(_ kernel: ResamplingKernel) -> RGBImage {
    let bytes = ResamplingPasses.horizontal(
      pixels, rowBytes: width * 3, rows: 0..<height, firstColumn: 0, kernel: kernel)
    return RGBImage(width: kernel.starts.count, height: height, pixels: bytes)
  }
}
