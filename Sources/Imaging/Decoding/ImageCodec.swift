import CImageCodecs

/// The codec of a format, its codes turned into errors.
struct ImageCodec {
  let format: ImageFormat
  /// What errors call the picture.
  let name: String

  /// Columns and rows as they are stored, by the header alone.
  func size(of bytes: [UInt8]) throws(ImageError) -> (width: Int, height: Int) {
    let size: (width: Int, height: Int)
    switch format {
    case .jpeg: size = try header { espalier_jpeg_header(bytes, bytes.count, &$0, $1) }
    case .png: size = try header { espalier_png_header(bytes, bytes.count, &$0, $1) }
    case .gif: size = try header { espalier_gif_header(bytes, bytes.count, &$0, $1) }
    case .webP: size = try webPSize(of: bytes)
    case .bmp:
      let file = try bitmap(bytes)
      size = (file.width, file.height)
    }
    guard size.width > 0, size.height > 0 else { throw corrupt("no pixels") }
    return size
  }

  /// The size comes from `size(of:)` and has passed the limits, so the product cannot overflow.
  func decode(_ bytes: [UInt8], width: Int, height: Int) throws(ImageError) -> RGBImage {
    var image = RGBImage(width: width, height: height)
    let (columns, rows) = (UInt32(width), UInt32(height))
    switch format {
    case .jpeg:
      try run { espalier_jpeg_decode(bytes, bytes.count, columns, rows, &image.pixels, $0) }
    case .png:
      try run { espalier_png_decode(bytes, bytes.count, columns, rows, &image.pixels, $0) }
    case .gif:
      try run { espalier_gif_decode(bytes, bytes.count, columns, rows, &image.pixels, $0) }
    case .webP: try decodeWebP(bytes, into: &image)
    case .bmp:
      let file = try bitmap(bytes)
      do { return try file.decode() } catch { throw self.error(error) }
    }
    return image
  }

  private func corrupt(_ reason: String) -> ImageError {
    .corrupt(name: name, format: format.rawValue, reason: reason)
  }
}

extension ImageCodec {
  private func webPSize(of bytes: [UInt8]) throws(ImageError) -> (width: Int, height: Int) {
    let container = WebPContainer(bytes)
    if container.frame != nil, let canvas = container.canvas { return canvas }
    return try header { espalier_webp_header(bytes, bytes.count, &$0, $1) }
  }

  /// A picture, or the first frame of an animation on black.
  private func decodeWebP(_ bytes: [UInt8], into image: inout RGBImage) throws(ImageError) {
    let (width, height) = (image.width, image.height)
    guard let frame = WebPContainer(bytes).frame else {
      try run {
        espalier_webp_decode(
          bytes, bytes.count, UInt32(width), UInt32(height), 3 * width, &image.pixels, $0)
      }
      return
    }
    let stream = Array(frame.bytes)
    let size = try header { espalier_webp_header(stream, stream.count, &$0, $1) }
    guard size.width > 0, size.height > 0, frame.column + size.width <= width,
      frame.row + size.height <= height
    else { throw corrupt("its first frame is larger than the picture") }
    let start = 3 * (frame.row * width + frame.column)
    try run { message in
      image.pixels.withUnsafeMutableBufferPointer { pixels in
        // The frame lies within the picture, so `start` does.
        pixels.baseAddress.map {
          espalier_webp_decode(
            stream, stream.count, UInt32(size.width), UInt32(size.height), 3 * width, $0 + start, message)
        } ?? 0
      }
    }
  }

  private func bitmap(_ bytes: [UInt8]) throws(ImageError) -> BitmapFile {
    do { return try BitmapFile(bytes) } catch { throw self.error(error) }
  }

  private func error(_ problem: BitmapFile.Problem) -> ImageError {
    switch problem {
    case .truncated: .truncated(name: name, format: format.rawValue)
    case .unsupported(let reason): .unsupported(name: name, format: format.rawValue, reason: reason)
    }
  }
}

extension ImageCodec {
  /// The size that a codec of C finds.
  private func header(
    _ body: (inout espalier_codec_header, UnsafeMutablePointer<CChar>) -> CInt
  ) throws(ImageError) -> (width: Int, height: Int) {
    var header = espalier_codec_header()
    try run { body(&header, $0) }
    return (Int(header.width), Int(header.height))
  }

  /// Calls `body` with room for a message and throws what its code stands for.
  private func run(_ body: (UnsafeMutablePointer<CChar>) -> CInt) throws(ImageError) {
    var status: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(ESPALIER_CODEC_MESSAGE_BYTES)) { buffer, count in
      buffer.initialize(repeating: 0)
      // `buffer` is not empty, and CChar has the layout of UInt8.
      buffer.withMemoryRebound(to: CChar.self) { text in
        if let start = text.baseAddress { status = body(start) }
      }
      count = buffer.firstIndex(of: 0) ?? buffer.count
    }
    let reason = String(decoding: bytes, as: UTF8.self)
    switch espalier_codec_status(UInt32(bitPattern: status)) {
    case ESPALIER_CODEC_OK: return
    case ESPALIER_CODEC_TRUNCATED: throw .truncated(name: name, format: format.rawValue)
    case ESPALIER_CODEC_OUT_OF_MEMORY: throw .outOfMemory(name: name)
    case ESPALIER_CODEC_UNSUPPORTED:
      throw .unsupported(name: name, format: format.rawValue, reason: reason)
    default: throw corrupt(reason)
    }
  }
}
