extension RGBImage {
  /// The square of side `length` at the centre, as Hugging Face's `center_crop`: an odd remainder goes to the
  /// right and bottom, and a picture that is too small gets black borders, the wider ones left and on top.
  ///
  /// Throws `ImageError.invalidSize` when `length` is not positive or its square is larger than the default
  /// `DecodeLimits` allow.
  public func centerCropped(to length: Int) throws(ImageError) -> RGBImage {
    try Self.checkSize(length, length)
    let columns = CropAxis(size: width, crop: length)
    let rows = CropAxis(size: height, crop: length)
    return cropped(columns: columns.kept, rows: rows.kept).padded(columns: columns, rows: rows)
  }

  /// The pixels of `columns` x `rows`, both within the picture and not empty.
  public func cropped(columns: Range<Int>, rows: Range<Int>) -> RGBImage {
    if columns.count == width && rows.count == height { return self }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(columns.count * rows.count * 3)
    for y in rows {
      let start = (y * width + columns.lowerBound) * 3
      bytes += pixels[start..<(start + columns.count * 3)]
    }
    return RGBImage(width: columns.count, height: rows.count, pixels: bytes)
  }

  /// The kept part of a crop set on black where the crop is larger.
  func padded(columns: CropAxis, rows: CropAxis) -> RGBImage {
    if columns.crop == width && rows.crop == height { return self }
    var canvas = RGBImage(width: columns.crop, height: rows.crop)
    for y in 0..<height {
      let start = ((y + rows.before) * canvas.width + columns.before) * 3
      canvas.pixels.replaceSubrange(start..<(start + width * 3), with: row(y))
    }
    return canvas
  }
}

/// A centre crop along one axis.
struct CropAxis {
  /// Samples of the result.
  let crop: Int
  /// Samples of the picture that are in the result.
  let kept: Range<Int>
  /// Zero samples before them.
  let before: Int

  init(size: Int, crop: Int) {
    // Rounds down for negative differences as well, so that padding before is the larger half.
    let start = (size - crop) >> 1
    self.crop = crop
    kept = max(0, start)..<min(size, start + crop)
    before = max(0, -start)
  }
}
