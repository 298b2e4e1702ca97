/// Decodes JPEG, PNG, WebP, GIF and BMP files to upright 8-bit RGB; of animations the first picture.
///
/// The bytes are those of Pillow's `ImageOps.exif_transpose(Image.open(f)).convert("RGB")`: grey is repeated,
/// palettes are looked up, alpha is dropped and not composed, the high byte of 16-bit samples is taken, inks are
/// converted by Pillow's formula, colour profiles are ignored. Damaged JPEG data that still end where they should
/// decode to something, there as here. What differs:
///
/// - 16-bit grey takes the high byte too, where Pillow clips every value above 255 to white.
/// - PNG data with a wrong or missing checksum are an error.
/// - The orientation is read from Exif data (JPEG APP1, PNG eXIf, WebP EXIF) alone, not from XMP.
/// - A BMP in runs may end before its last row does; what is missing has the first colour.
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
    let codec = ImageCodec(format: format, name: name)
    let (width, height) = try storedSize(of: bytes, codec, limits)
    let image = try codec.decode(bytes, width: width, height: height)
    return image.upright(from: ImageOrientation.of(bytes, format))
  }

  /// The size that `decode` gives the picture, of which nothing but the header is read.
  public static func size(
    of bytes: [UInt8], named name: String = "image", limits: DecodeLimits = DecodeLimits()
  ) throws(ImageError) -> ImageSize {
    let format = try ImageFormat(bytes, name: name)
    let (width, height) = try storedSize(of: bytes, ImageCodec(format: format, name: name), limits)
    return ImageOrientation.of(bytes, format).swapsSides
      ? ImageSize(width: height, height: width) : ImageSize(width: width, height: height)
  }

  /// Columns and rows as they are stored, within the limits.
  private static func storedSize(
    of bytes: [UInt8], _ codec: ImageCodec, _ limits: DecodeLimits
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
