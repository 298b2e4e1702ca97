import Compute
import Digests

/// The bytes of a kept picture: a mark, the version of the form, the key, the arrangement, the features as float32, and
/// SHA-256 over all of that. Numbers have 32 bits, little-endian.
enum PictureFile {
  /// The version of the form.
  static let version = 3
  private static let mark = Array("espalier picture".utf8)
  private static let digestSize = 32

  /// The bytes of a file.
  static func bytes(of picture: ImageTokens, for key: PictureKey) -> [UInt8] {
    var writer = PictureWriter(reserving: picture.heldBytes)
    writer.bytes += mark
    writer.put(version)
    writer.bytes += key.digest
    writer.put(picture.arrangement)
    for matrix in picture.features { writer.put(matrix) }
    var digest = SHA256()
    digest.update(writer.bytes)
    writer.bytes += digest.finalized()
    return writer.bytes
  }

  /// The picture in a file; `nil` where anything is wrong with it.
  static func picture(in bytes: [UInt8], for key: PictureKey, within limits: PictureLimits) -> ImageTokens? {
    let size = bytes.count - digestSize
    guard size >= mark.count, bytes.count <= limits.fileBytes else { return nil }
    var digest = SHA256()
    bytes.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<size])) }
    guard bytes[size...].elementsEqual(digest.finalized()) else { return nil }
    // Whoever can write a file can make its digest right: nothing below believes a number.
    var reader = PictureReader(bytes, end: size)
    guard reader.take(mark.count)?.elementsEqual(mark) == true, reader.number() == version,
      reader.take(digestSize)?.elementsEqual(key.digest) == true,
      let arrangement = reader.arrangement(),
      let features = reader.features(of: arrangement, width: limits.width), reader.isAtEnd
    else { return nil }
    let picture = ImageTokens(arrangement: arrangement, features: features)
    return limits.allow(picture) ? picture : nil
  }
}
