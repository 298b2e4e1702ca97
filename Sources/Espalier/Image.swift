internal import Imaging
internal import Inference

/// A picture of a question: JPEG, PNG, WebP, GIF or BMP.
public enum Image: Equatable, Sendable {
  /// A file, which is read anew for every question, as it may have changed.
  case file(String)
  /// The bytes of an encoded picture, and what errors call it.
  case bytes([UInt8], name: String = "image")

  /// Most pixels of a picture that is decoded.
  public static let maxPixels = DecodeLimits().maxPixels

  var source: ImageSource {
    switch self {
    case .file(let path): .file(path)
    case .bytes(let bytes, let name): .bytes(bytes, name: name)
    }
  }
}
