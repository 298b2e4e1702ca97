extension RGBImage {
  /// The picture in the middle of a plain one, an odd remainder right and below.
  func centered(
    onWidth newWidth: Int, height newHeight: Int, background: [UInt8] = [0, 0, 0]
  ) throws(ImageError) -> RGBImage {
    if newWidth == width && newHeight == height { return self }
    guard newWidth >= width, newHeight >= height else {
      throw .invalidSize(width: newWidth, height: newHeight)
    }
    try Self.checkSize(newWidth, newHeight)
    let line = [[UInt8]](repeating: background, count: newWidth).flatMap { $0 }
    let (left, top) = ((newWidth - width) / 2, (newHeight - height) / 2)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(newWidth * newHeight * 3)
    for y in 0..<newHeight {
      guard y >= top, y < top + height else {
        bytes += line
        continue
      }
      bytes += line[..<(left * 3)]
      bytes += row(y - top)
      bytes += line[((left + width) * 3)...]
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: bytes)
  }
}
