public import Plan

extension RGBImage {
  /// What a resized or cropped picture may measure: as much as a decoded one.
  static let sizeLimits = DecodeLimits()

  /// The picture resized with antialiasing, byte for byte as Pillow 13's `Image.resize((width, height), filter)`.
  ///
  /// Throws `ImageError.invalidSize` when a side is not positive or the result is larger than the
  /// default `DecodeLimits` allow.
  public func resized(
    toWidth newWidth: Int, height newHeight: Int, filter: ResamplingFilter = .bicubic
  ) throws(ImageError) -> RGBImage {
    try resized(toWidth: newWidth, height: newHeight, as: Resampling(filter))
  }

  func resized(
    toWidth newWidth: Int, height newHeight: Int, as resampling: Resampling
  ) throws(ImageError) -> RGBImage {
    try Self.checkSize(newWidth, newHeight)
    return resized(
      toWidth: newWidth, height: newHeight, columns: 0..<newWidth, rows: 0..<newHeight, as: resampling)
  }

  /// The picture resized so that its shorter side is `length` and the longer one `int(length * long / short)`,
  /// as Hugging Face's processors do with `size = {"shortest_edge": length}`.
  public func resizedShortestEdge(
    _ length: Int, filter: ResamplingFilter = .bicubic
  ) throws(ImageError) -> RGBImage {
    guard length > 0, length <= Self.sizeLimits.maxSide else {
      throw .invalidSize(width: length, height: length)
    }
    let size = shortestEdgeSize(length)
    return try resized(toWidth: size.width, height: size.height, filter: filter)
  }

  /// Size after `resizedShortestEdge`. Both factors are below 2^31, so the division is exact enough in double.
  func shortestEdgeSize(_ length: Int) -> (width: Int, height: Int) {
    let (short, long) = width <= height ? (width, height) : (height, width)
    let newLong = Int(Double(length * long) / Double(short))
    return width <= height ? (length, newLong) : (newLong, length)
  }

  /// The part `columns` x `rows` of the picture resized to the given size; nothing outside it is computed.
  ///
  /// Each pass rounds to bytes, so their order shows in the result. A pass that changes no size is left out, and
  /// the first one runs only over what the second one needs: where that is more than `mostBetween` pixels, in two
  /// halves.
  func resized(
    toWidth newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>,
    as resampling: Resampling, mostBetween: Int = sizeLimits.maxPixels
  ) -> RGBImage {
    if newWidth == width && newHeight == height { return cropped(columns: columns, rows: rows) }
    if resampling.filter == .nearest {
      return sampled(toWidth: newWidth, height: newHeight, columns: columns, rows: rows)
    }
    let across = ResamplingKernel(input: width, output: newWidth, window: columns, as: resampling)
    let down = ResamplingKernel(input: height, output: newHeight, window: rows, as: resampling)
    let result: [UInt8]
    if newHeight == height {
      result = ResamplingPasses.horizontal(
        pixels, rowBytes: width * 3, rows: rows, firstColumn: 0, kernel: across)
    } else if newWidth == width {
      let bytes = (columns.lowerBound * 3)..<(columns.upperBound * 3)
      result = ResamplingPasses.vertical(pixels, rowBytes: width * 3, bytes: bytes, firstRow: 0, kernel: down)
    } else if resampling.resampler == .pillow, goesDownFirst(toWidth: newWidth, height: newHeight) {
      let needed = across.inputs
      let bytes = (needed.lowerBound * 3)..<(needed.upperBound * 3)
      let low = ResamplingPasses.vertical(
        pixels, rowBytes: width * 3, bytes: bytes, firstRow: 0, kernel: down)
      result = ResamplingPasses.horizontal(
        low, rowBytes: bytes.count, rows: 0..<rows.count, firstColumn: needed.lowerBound, kernel: across)
    } else {
      let needed = down.inputs
      if needed.count * columns.count > mostBetween && rows.count > 1 {
        let middle = rows.lowerBound + rows.count / 2
        let halves = [rows.lowerBound..<middle, middle..<rows.upperBound].map { half in
          resized(
            toWidth: newWidth, height: newHeight, columns: columns, rows: half, as: resampling,
            mostBetween: mostBetween)
        }
        return RGBImage(width: columns.count, height: rows.count, pixels: halves.flatMap(\.pixels))
      }
      let narrow = ResamplingPasses.horizontal(
        pixels, rowBytes: width * 3, rows: needed, firstColumn: 0, kernel: across)
      let bytes = 0..<(columns.count * 3)
      result = ResamplingPasses.vertical(
        narrow, rowBytes: bytes.count, bytes: bytes, firstRow: needed.lowerBound, kernel: down)
    }
    return RGBImage(width: columns.count, height: rows.count, pixels: result)
  }

  /// Whether the vertical pass comes first: when the height loses more than twice the pixels the width loses.
  /// So it is since Pillow 13; earlier versions always began with the horizontal one.
  private func goesDownFirst(toWidth newWidth: Int, height newHeight: Int) -> Bool {
    newHeight < height && height - newHeight > 2 * (width - newWidth)
  }

  static func checkSize(_ width: Int, _ height: Int) throws(ImageError) {
    guard max(width, height) <= sizeLimits.maxSide, let bytes = byteCount(width: width, height: height),
      bytes / 3 <= sizeLimits.maxPixels
    else {
      throw .invalidSize(width: width, height: height)
    }
  }
}
