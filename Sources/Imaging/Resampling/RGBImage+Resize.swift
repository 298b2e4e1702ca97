extension RGBImage {
  /// Pixels a resized or cropped picture may have.
  static let maxResizedPixels = DecodeLimits().maxPixels

  /// The picture resized with antialiasing, byte for byte as Pillow's `Image.resize((width, height), filter)`.
  ///
  /// Throws `ImageError.invalidSize` when a side is not positive or the result has more than 64 million pixels.
  public func resized(
    toWidth newWidth: Int, height newHeight: Int, filter: ResamplingFilter = .bicubic
  ) throws(ImageError) -> RGBImage {
    try Self.checkSize(newWidth, newHeight)
    return resized(
      toWidth: newWidth, height: newHeight, columns: 0..<newWidth, rows: 0..<newHeight, filter: filter)
  }

  /// The picture resized so that its shorter side is `length` and the longer one `int(length * long / short)`,
  /// as Hugging Face's processors do with `size = {"shortest_edge": length}`.
  public func resizedShortestEdge(
    _ length: Int, filter: ResamplingFilter = .bicubic
  ) throws(ImageError) -> RGBImage {
    guard length > 0, length <= Self.maxResizedPixels else {
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
  /// The horizontal pass comes first and only over rows that the vertical pass needs; a pass that changes no
  /// size is left out. Both decide about rounding, hence about bytes.
  func resized(
    toWidth newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>,
    filter: ResamplingFilter
  ) -> RGBImage {
    if newHeight == height {
      if newWidth == width { return cropped(columns: columns, rows: rows) }
      let kernel = ResamplingKernel(input: width, output: newWidth, window: columns, filter: filter)
      let pixels = ResamplingPasses.horizontal(self, rows: rows, kernel: kernel)
      return RGBImage(width: columns.count, height: rows.count, pixels: pixels)
    }
    let vertical = ResamplingKernel(input: height, output: newHeight, window: rows, filter: filter)
    let pixels: [UInt8]
    if newWidth == width {
      let bytes = (columns.lowerBound * 3)..<(columns.upperBound * 3)
      pixels = ResamplingPasses.vertical(
        self.pixels, rowBytes: width * 3, bytes: bytes, firstRow: 0, kernel: vertical)
    } else {
      let kernel = ResamplingKernel(input: width, output: newWidth, window: columns, filter: filter)
      let needed = vertical.inputs
      let narrowed = ResamplingPasses.horizontal(self, rows: needed, kernel: kernel)
      let rowBytes = columns.count * 3
      pixels = ResamplingPasses.vertical(
        narrowed, rowBytes: rowBytes, bytes: 0..<rowBytes, firstRow: needed.lowerBound, kernel: vertical)
    }
    return RGBImage(width: columns.count, height: rows.count, pixels: pixels)
  }

  static func checkSize(_ width: Int, _ height: Int) throws(ImageError) {
    guard let bytes = byteCount(width: width, height: height), bytes / 3 <= maxResizedPixels else {
      throw .invalidSize(width: width, height: height)
    }
  }
}
