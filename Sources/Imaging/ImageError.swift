/// Why a picture could not be read or resized. Each case names the file, or what else the caller called it.
public enum ImageError: Error, Equatable, Sendable {
  /// The file could not be opened or read; `reason` is the system's.
  case unreadable(name: String, reason: String)
  /// The path names a directory, a pipe or another thing that is no regular file.
  case notRegularFile(name: String)
  /// There are no bytes at all.
  case empty(name: String)
  /// More encoded bytes than allowed.
  case fileTooLarge(name: String, bytes: Int, limit: Int)
  /// None of the formats that are decoded; `found` says what the first bytes look like.
  case unknownFormat(name: String, found: String)
  /// The header asks for a larger picture than allowed.
  case imageTooLarge(name: String, width: Int, height: Int, limit: String)
  /// The data end before the picture does.
  case truncated(name: String, format: String)
  /// The data contradict the format; `reason` is the codec's.
  case corrupt(name: String, format: String, reason: String)
  /// A variant of the format that the codec does not read.
  case unsupported(name: String, format: String, reason: String)
  /// Memory ran out.
  case outOfMemory(name: String)
  /// A size to resize or crop to is not within what the engine allows.
  case invalidSize(width: Int, height: Int)
  /// One side of the picture is too many times as long as the other.
  case tooElongated(width: Int, height: Int, limit: Int)
  /// A setting of the preparation is not within what the engine allows.
  case invalidSetting(name: String, reason: String)
}

extension ImageError: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    switch self {
    case .unreadable(let name, let reason): "\(name): cannot be read: \(reason)"
    case .notRegularFile(let name): "\(name): not a regular file"
    case .empty(let name): "\(name): empty, expected a \(ImageFormat.names) image"
    case .fileTooLarge(let name, let bytes, let limit):
      "\(name): \(bytes) bytes, more than the limit of \(limit)"
    case .unknownFormat(let name, let found):
      "\(name): expected a \(ImageFormat.names) image, found \(found)"
    case .imageTooLarge(let name, let width, let height, let limit):
      "\(name): image of \(width) x \(height) pixels is larger than the limit of \(limit)"
    case .truncated(let name, let format): "\(name): truncated \(format) image"
    case .corrupt(let name, let format, let reason): "\(name): corrupt \(format) image: \(reason)"
    case .unsupported(let name, let format, let reason): "\(name): unsupported \(format) image: \(reason)"
    case .outOfMemory(let name): "\(name): out of memory while decoding"
    case .invalidSize(let width, let height): "an image cannot be made \(width) x \(height) pixels"
    case .tooElongated(let width, let height, let limit):
      "image of \(width) x \(height) pixels has one side over \(limit) times as long as the other"
    case .invalidSetting(let name, let reason): "image preparation: \(name) \(reason)"
    }
  }
}
