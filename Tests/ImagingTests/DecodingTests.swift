import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Decoding", .endsWithin(minutes: 1))
struct DecodingTests {
  @Test("gives Pillow's upright RGB bytes for every kind of file")
  func equalsPillow() throws {
    for expected in try Golden.load().decodes {
      let image = try ImageDecoder.decode(contentsOf: Golden.input(expected.file))
      #expect(image.width == expected.width && image.height == expected.height, "\(expected.file)")
      #expect(fnv(image.pixels) == expected.hash, "\(expected.file)")
    }
  }

  @Test("of a WebP, GIF or BMP gives the first picture's, and its size by the header alone")
  func otherFormats() throws {
    for expected in try Golden.formats() {
      let path = Golden.format(expected.file)
      let size = try EncodedImage(contentsOf: path).size()
      #expect(size == ImageSize(width: expected.width, height: expected.height), "\(expected.file)")
      let image = try ImageDecoder.decode(contentsOf: path)
      #expect(image.width == expected.width && image.height == expected.height, "\(expected.file)")
      #expect(fnv(image.pixels) == expected.hash, "\(expected.file)")
    }
  }

  @Test("takes bytes as well as files")
  func bytesAndFiles() throws {
    let name = "jpeg-420.jpg"
    let image = try ImageDecoder.decode(Golden.bytes(name))
    #expect(try image == ImageDecoder.decode(contentsOf: Golden.input(name)))
  }

  @Test("turns a picture for each Exif orientation", arguments: 2...8)
  func orientations(_ orientation: Int) throws {
    let stored = try ImageDecoder.decode(contentsOf: Golden.input("jpeg-exif-1.jpg"))
    let turned = try ImageDecoder.decode(contentsOf: Golden.input("jpeg-exif-\(orientation).jpg"))
    #expect(turned != stored)
    #expect((turned.width == stored.height) == (orientation >= 5))
  }
}
