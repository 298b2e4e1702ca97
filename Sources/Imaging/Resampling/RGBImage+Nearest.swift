extension RGBImage {
  /// The part `columns` x `rows` of the picture resized to the given size, each pixel the nearest one.
  func sampled(toWidth newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>)
    -> RGBImage
  {
    let across = Self.nearest(input: width, output: newWidth, window: columns)
    let down = Self.nearest(input: height, output: newHeight, window: rows)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(columns.count * rows.count * 3)
    for y in down {
      for x in across {
        let pixel = (y * width + x) * 3
        bytes += pixels[pixel..<pixel + 3]
      }
    }
    return RGBImage(width: columns.count, height: rows.count, pixels: bytes)
  }

  /// Input samples of the output samples in `window`. Pillow adds up the step instead of multiplying it, and the
  /// rounding of that sum decides between two neighbours.
  private static func nearest(input: Int, output: Int, window: Range<Int>) -> [Int] {
    let step = Double(input) / Double(output)
    var position = step * 0.5
    for _ in 0..<window.lowerBound { position += step }
    return window.map { _ in
      defer { position += step }
      return min(Int(position), input - 1)
    }
  }
}
