/// The formats that are decoded, told apart by their first bytes.
enum ImageFormat: String {
  case jpeg = "JPEG"
  case png = "PNG"

  static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The format whose signature `bytes` start with.
  init(_ bytes: [UInt8], name: String) throws(ImageError) {
    if bytes.isEmpty { throw .empty(name: name) }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: Self.pngSignature) {
      self = .png
    } else if Self.pngSignature.starts(with: bytes) || [0xFF, 0xD8].starts(with: bytes) {
      throw .truncated(name: name, format: bytes[0] == 0xFF ? "JPEG" : "PNG")
    } else {
      throw .unknownFormat(name: name, found: Self.guess(bytes))
    }
  }

  /// What bytes of another format look like, in a few words for the error.
  private static func guess(_ bytes: [UInt8]) -> String {
    let known: [(String, String)] = [
      ("GIF8", "a GIF image"), ("BM", "a BMP image"), ("II*\0", "a TIFF image"), ("MM\0*", "a TIFF image"),
      ("%PDF", "a PDF document"), ("<svg", "an SVG drawing"),
    ]
    for (signature, words) in known where bytes.starts(with: signature.utf8) { return words }
    if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return "a WebP image" }
    if bytes.dropFirst(4).starts(with: "ftyp".utf8) { return "a HEIF, AVIF or MP4 file" }
    let start = bytes.prefix(64)
    let isText = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (9...13).contains($0) }
    return isText ? "text" : "unknown data"
  }
}
