import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Hostile and broken files", .endsWithin(minutes: 1))
struct HostileFileTests {
  @Test("end in one line that names what is wrong")
  func oneLineEach() throws {
    let cases: [(bytes: [UInt8], line: String)] = [
      ([], "f: empty, expected a JPEG, PNG, WebP, GIF or BMP image"),
      (Array("a note, no picture\n".utf8), "f: expected a JPEG, PNG, WebP, GIF or BMP image, found text"),
      (Array("GIF89a.".utf8), "f: truncated GIF image"),
      (Array("RIFF \0\0\0WEBPVP8 ".utf8), "f: truncated WebP image"),
      (Array("BM".utf8), "f: truncated BMP image"),
      (
        [0, 0, 0, 0x18] + Array("ftypheic".utf8),
        "f: expected a JPEG, PNG, WebP, GIF or BMP image, found a HEIC image, which "
          + "'heif-convert FILE picture.png' converts"
      ),
      (
        Array("II*\0".utf8),
        "f: expected a JPEG, PNG, WebP, GIF or BMP image, found a TIFF image, which "
          + "'convert FILE picture.png' converts"
      ),
      ([0xDE, 0xAD, 0, 1], "f: expected a JPEG, PNG, WebP, GIF or BMP image, found unknown data"),
      ([0x89, 0x50], "f: truncated PNG image"),
      ([0xFF, 0xD8], "f: truncated JPEG image"),
      ([0xFF, 0xD8, 0xFF], "f: truncated JPEG image"),
      (
        pngHeader(width: 100_000, height: 100_000),
        "f: image of 100000 x 100000 pixels is larger than the limit of 65500 pixels a side"
      ),
      (
        pngHeader(width: 60_000, height: 60_000),
        "f: image of 60000 x 60000 pixels is larger than the limit of 64000000 pixels"
      ),
      (pngHeader(width: 0, height: 5), "f: corrupt PNG image: Invalid IHDR data"),
    ]
    for (bytes, line) in cases {
      let error = #expect(throws: ImageError.self) { try ImageDecoder.decode(bytes, named: "f") }
      #expect(error?.description == line)
    }
  }

  @Test("on disk are refused by kind and size before they are read")
  func files() throws {
    let folder = NSTemporaryDirectory()
    let directory = #expect(throws: ImageError.self) { try ImageDecoder.decode(contentsOf: folder) }
    #expect(directory?.description == "\(folder): not a regular file")
    let missing = #expect(throws: ImageError.self) { try ImageDecoder.decode(contentsOf: "/no/such.png") }
    #expect(missing?.description == "/no/such.png: cannot be read: No such file or directory")
    let device = #expect(throws: ImageError.self) { try ImageDecoder.decode(contentsOf: "/dev/zero") }
    #expect(device == .notRegularFile(name: "/dev/zero"))
    let path = Golden.input("jpeg-420.jpg")
    let size = try Golden.bytes("jpeg-420.jpg").count
    let limits = DecodeLimits(maxEncodedBytes: 100, maxPixels: 1, maxSide: 1)
    let large = #expect(throws: ImageError.self) { try ImageDecoder.decode(contentsOf: path, limits: limits) }
    #expect(large == .fileTooLarge(name: path, bytes: size, limit: 100))
  }

  @Test(
    "cut off within the data are truncated",
    arguments: [
      "jpeg-420.jpg", "jpeg-progressive.jpg", "jpeg-cmyk-adobe.jpg", "png-filtered.png",
      "png-palette8-interlaced.png",
    ])
  func cutOff(_ name: String) throws {
    let bytes = try Golden.bytes(name)
    // The end chunk of a PNG, and the end mark of a JPEG, are not data.
    let end = bytes.count - (name.hasSuffix("png") ? 17 : 3)
    for length in stride(from: 3, to: end, by: 7) {
      let error = #expect(throws: ImageError.self, "\(length)") {
        try ImageDecoder.decode(Array(bytes.prefix(length)), named: name)
      }
      #expect(error.map { "\($0)".hasPrefix(name) && !"\($0)".contains("\n") } == true)
    }
    let half = #expect(throws: ImageError.self) {
      try ImageDecoder.decode(Array(bytes.prefix(bytes.count / 2)))
    }
    #expect(half == .truncated(name: "image", format: name.hasSuffix("png") ? "PNG" : "JPEG"))
  }

  @Test("of the other formats that are cut off say so, or at least what is wrong, in one line")
  func cutOffFormats() throws {
    for expected in try Golden.formats() {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: Golden.format(expected.file))))
      // What follows the pixels may be missing: marks of the end, padding, further frames.
      let isWhole = { (count: Int) in (try? ImageDecoder.decode(Array(bytes.prefix(count)))) != nil }
      let needed = bytes.indices.reversed().first { !isWhole($0) } ?? 0
      #expect(needed > bytes.count / 3, "\(expected.file)")
      for length in stride(from: 2, to: needed, by: max(1, needed / 40)) {
        let error = #expect(throws: ImageError.self, "\(expected.file) \(length)") {
          try ImageDecoder.decode(Array(bytes.prefix(length)), named: expected.file)
        }
        #expect(error.map { "\($0)".hasPrefix(expected.file) && !"\($0)".contains("\n") } == true)
      }
      let half = #expect(throws: ImageError.self) {
        try ImageDecoder.decode(Array(bytes.prefix(needed / 2 + 1)))
      }
      if case .truncated = half { continue }
      if case .corrupt = half, expected.file.hasPrefix("webp") { continue }
      Issue.record("\(expected.file): \(String(describing: half))")
    }
  }

  @Test("with any byte changed either decode or fail, and never trap")
  func corrupted() throws {
    let names = [
      "jpeg-size-9x7.jpg", "jpeg-exif-6.jpg", "png-palette4.png", "png-exif-6.png", "png-rgb8-interlaced.png",
    ]
    let formats = try Golden.formats().map(\.file).filter { !$0.contains("pillow") }.map(Golden.format)
    for path in names.map(Golden.input) + formats {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      for index in bytes.indices where index < 200 || index % 7 == 0 {
        var changed = bytes
        changed[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8) | 0x40)
        let limits = DecodeLimits(maxEncodedBytes: 1 << 20, maxPixels: 1 << 20, maxSide: 65_500)
        if let image = try? ImageDecoder.decode(changed, limits: limits) {
          #expect(image.pixels.count == image.width * image.height * 3)
        }
      }
    }
  }

  /// A PNG of nothing but its header and the start of its data.
  private func pngHeader(width: UInt32, height: UInt32) -> [UInt8] {
    func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    let header = Array("IHDR".utf8) + bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0]
    var checksum = UInt32.max
    for byte in header {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + bigEndian(13) + header + bigEndian(~checksum)
      + bigEndian(1000) + Array("IDAT".utf8)
  }
}
