internal import CImageCodecs

extension RGBImage {
  /// The picture as the bytes of a PNG file.
  ///
  /// Throws `ImageError.outOfMemory` when the encoder cannot work.
  public func png(named name: String = "picture") throws(ImageError) -> [UInt8] {
    guard
      let (width, height) = UInt32(exactly: width).flatMap({ width in
        UInt32(exactly: height).map { (width, $0) }
      })
    else { throw .outOfMemory(name: name) }
    var message = [CChar](repeating: 0, count: Int(ESPALIER_CODEC_MESSAGE_BYTES))
    var room = 0
    _ = espalier_png_encode(pixels, width, height, nil, &room, &message)
    var bytes = [UInt8](repeating: 0, count: room)
    guard espalier_png_encode(pixels, width, height, &bytes, &room, &message) == 0 else {
      throw .outOfMemory(name: name)
    }
    bytes.removeLast(bytes.count - room)
    return bytes
  }
}
