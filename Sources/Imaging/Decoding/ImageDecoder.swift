import CImageCodecs

/// Decodes JPEG and PNG files to upright 8-bit RGB.
///
/// The bytes are those of Pillow's `ImageOps.exif_transpose(Image.open(f)).convert("RGB")`: grey is repeated,
/// palettes are looked up, alpha is dropped and not composed, the high byte of 16-bit samples is taken, inks are
/// converted by Pillow's formula, colour profiles are ignored. Damaged JPEG data that still end where they should
/// decode to something, there as here. What differs:
///
/// - 16-bit grey takes the high byte too, where Pillow clips every value above 255 to white.
/// - PNG data with a wrong or missing checksum are an error.
/// - The orientation is read from Exif data (JPEG APP1, PNG eXIf) alone, not from XMP.
public enum ImageDecoder {
  /// Decodes the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: the encoded image.
  ///   - name: what errors call it.
  ///   - limits: sizes beyond which it is refused, before anything is allocated.
  public static func decode(
    _ bytes: [UInt8], named name: String = "image", limits: DecodeLimits = DecodeLimits()
  ) throws(ImageError) -> RGBImage {
    guard bytes.count <= limits.maxEncodedBytes else {
      throw .fileTooLarge(name: name, bytes: bytes.count, limit: limits.maxEncodedBytes)
    }
    let format = try ImageFormat(bytes, name: name)
    let codec = Codec(format: format, name: name)
    let (width, height) = try storedSize(of: bytes, codec, limits)
    let image = try codec.decode(bytes, width: width, height: height)
    return image.upright(from: ImageOrientation.of(bytes, format))
  }

  /// The size that `decode` gives the picture, of which nothing but the header is read.
  public static func size(
    of bytes: [UInt8], named name: String = "image", limits: DecodeLimits = DecodeLimits()
  ) throws(ImageError) -> ImageSize {
    let format = try ImageFormat(bytes, name: name)
    let (width, height) = try storedSize(of: bytes, Codec(format: format, name: name), limits)
    return ImageOrientation.of(bytes, format).swapsSides
      ? ImageSize(width: height, height: width) : ImageSize(width: width, height: height)
  }

  /// Columns and rows as they are stored, within the limits.
  private static func storedSize(
    of bytes: [UInt8], _ codec: Codec, _ limits: DecodeLimits
  ) throws(ImageError) -> (width: Int, height: Int) {
    // A PNG says its size first; the codec would read on to the image data before it told.
    if codec.format == .png, let size = pngHeaderSize(bytes) {
      try limits.check(name: codec.name, width: size.width, height: size.height)
    }
    let size = try codec.size(of: bytes)
    try limits.check(name: codec.name, width: size.width, height: size.height)
    return size
  }

  /// Decodes the file at `path`, which errors name.
  public static func decode(
    contentsOf path: String, limits: DecodeLimits = DecodeLimits()
  ) throws(ImageError) -> RGBImage {
    let bytes = try FileBytes.read(path, limit: limits.maxEncodedBytes)
    return try decode(bytes, named: path, limits: limits)
  }
}

/// Width and height from the first chunk of a PNG, or `nil` when it is not there.
private func pngHeaderSize(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
  guard bytes.count >= 24, Array(bytes[12..<16]) == Array("IHDR".utf8) else { return nil }
  func integer(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
  return (integer(16), integer(20))
}

/// The C codec of a format, its codes turned into errors.
private struct Codec {
  let format: ImageFormat
  let name: String

  func size(of bytes: [UInt8]) throws(ImageError) -> (width: Int, height: Int) {
    var header = espalier_codec_header()
    try run { message in
      format == .jpeg
        ? espalier_jpeg_header(bytes, bytes.count, &header, message)
        : espalier_png_header(bytes, bytes.count, &header, message)
    }
    guard header.width > 0, header.height > 0 else {
      throw .corrupt(name: name, format: format.rawValue, reason: "no pixels")
    }
    return (Int(header.width), Int(header.height))
  }

  /// The size comes from `size(of:)` and has passed the limits, so the product cannot overflow.
  func decode(_ bytes: [UInt8], width: Int, height: Int) throws(ImageError) -> RGBImage {
    var image = RGBImage(width: width, height: height)
    try run { message in
      format == .jpeg
        ? espalier_jpeg_decode(bytes, bytes.count, UInt32(width), UInt32(height), &image.pixels, message)
        : espalier_png_decode(bytes, bytes.count, UInt32(width), UInt32(height), &image.pixels, message)
    }
    return image
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
    let format = format.rawValue
    switch espalier_codec_status(UInt32(bitPattern: status)) {
    case ESPALIER_CODEC_OK: return
    case ESPALIER_CODEC_TRUNCATED: throw .truncated(name: name, format: format)
    case ESPALIER_CODEC_OUT_OF_MEMORY: throw .outOfMemory(name: name)
    case ESPALIER_CODEC_UNSUPPORTED:
      throw .unsupported(name: name, format: format, reason: String(decoding: bytes, as: UTF8.self))
    default: throw .corrupt(name: name, format: format, reason: String(decoding: bytes, as: UTF8.self))
    }
  }
}
