public import Imaging

/// Where a picture of a question comes from.
public enum ImageSource: Equatable, Sendable {
  /// A file, which is read anew for every question: it may have changed.
  case file(String)
  /// The bytes of an encoded picture, and what errors call it.
  case bytes([UInt8], name: String)

  /// Reads the encoded picture, which is decoded within limits.
  public func encoded(limits: DecodeLimits = DecodeLimits()) throws(ImageError) -> EncodedImage {
    switch self {
    case .file(let path): try EncodedImage(contentsOf: path, limits: limits)
    case .bytes(let bytes, let name): EncodedImage(bytes, named: name, limits: limits)
    }
  }
}
