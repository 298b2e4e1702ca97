/// The formats that are decoded, told apart by their first bytes.
enum ImageFormat: String, CaseIterable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webP = "WebP"
  case gif = "GIF"
  case bmp = "BMP"

  static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// All of them, as a sentence says it.
  static let names = "JPEG, PNG, WebP, GIF or BMP"

  /// The format whose signature `bytes` start with.
  init(_ bytes: [UInt8], name: String) throws(ImageError) {
    if bytes.isEmpty { throw .empty(name: name) }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: Self.pngSignature) {
      self = .png
    } else if WebPContainer.begins(bytes) {
      self = .webP
    } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
      self = .gif
    } else if bytes.starts(with: "BM".utf8) {
      self = .bmp
    } else if Self.pngSignature.starts(with: bytes) || [0xFF, 0xD8].starts(with: bytes) {
      throw .truncated(name: name, format: bytes[0] == 0xFF ? "JPEG" : "PNG")
    } else {
      throw .unknownFormat(name: name, found: ForeignFormat.description(of: bytes))
    }
  }
}
