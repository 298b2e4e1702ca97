/// Finds the Exif orientation tag in encoded files. Anything odd on the way means "upright", never an error.
extension ImageOrientation {
  /// What the TIFF structure of a JPEG segment follows; some writers repeat it, or put it in a PNG chunk.
  private static let label = Array("Exif\0\0".utf8)

  /// Orientation that the file asks for.
  static func of(_ bytes: [UInt8], _ format: ImageFormat) -> ImageOrientation {
    let exif: [UInt8]? =
      switch format {
      case .jpeg: jpegExif(bytes)
      case .png: pngExif(bytes)
      case .webP: WebPContainer(bytes).exif.map { Array($0) }
      case .gif, .bmp: nil
      }
    return exif.flatMap(orientation(inTIFF:)).flatMap(ImageOrientation.init(rawValue:)) ?? .upright
  }

  /// The TIFF structure in the APP1 segments before the image data; several segments continue each other.
  private static func jpegExif(_ bytes: [UInt8]) -> [UInt8]? {
    var exif: [UInt8] = []
    var position = 2
    while position + 4 <= bytes.count {
      let marker = bytes[position + 1]
      if bytes[position] != 0xFF || marker == 0xFF {  // junk or padding between segments
        position += 1
        continue
      }
      if marker <= 0x01 || (0xD0...0xD8).contains(marker) {  // markers without a length
        position += 2
        continue
      }
      if marker == 0xDA || marker == 0xD9 { break }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      let end = position + 2 + length
      guard length >= 2, end <= bytes.count else { break }
      let payload = bytes[(position + 4)..<end]
      if marker == 0xE1, payload.starts(with: label) { exif += payload.dropFirst(label.count) }
      position = end
    }
    return exif.isEmpty ? nil : exif
  }

  /// The TIFF structure in the last eXIf chunk.
  private static func pngExif(_ bytes: [UInt8]) -> [UInt8]? {
    var exif: [UInt8]?
    var position = ImageFormat.pngSignature.count
    while let length = bytes.bigEndian32(at: position), position + 8 <= bytes.count {
      let end = position + 8 + length
      guard end <= bytes.count else { break }
      if bytes[(position + 4)..<(position + 8)].elementsEqual("eXIf".utf8) {
        exif = Array(bytes[(position + 8)..<end])
      }
      position = end + 4
    }
    return exif
  }

  /// The value of tag 0x0112 in the first directory of a TIFF structure; it should be a SHORT, but writers differ.
  private static func orientation(inTIFF data: [UInt8]) -> UInt16? {
    let tiff = data.starts(with: label) ? Array(data.dropFirst(label.count)) : data
    guard tiff.count >= 8 else { return nil }
    let little = tiff.starts(with: "II".utf8)
    guard little || tiff.starts(with: "MM".utf8) else { return nil }
    func integer(_ position: Int, _ count: Int) -> Int? {
      guard position >= 0, position + count <= tiff.count else { return nil }
      let slice = tiff[position..<(position + count)]
      return (little ? Array(slice.reversed()) : Array(slice)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard integer(2, 2) == 42, let directory = integer(4, 4), let entries = integer(directory, 2) else {
      return nil
    }
    for entry in 0..<entries {
      let position = directory + 2 + entry * 12
      guard let tag = integer(position, 2) else { return nil }
      guard tag == 0x0112 else { continue }
      let bytesOfType = [3: 2, 4: 4]  // SHORT, LONG
      guard let type = integer(position + 2, 2), let bytes = bytesOfType[type], integer(position + 4, 4) == 1
      else { return nil }
      return integer(position + 8, bytes).flatMap(UInt16.init(exactly:))
    }
    return nil
  }
}

extension [UInt8] {
  /// Four bytes as a number, or `nil` past the end.
  fileprivate func bigEndian32(at position: Int) -> Int? {
    guard position + 4 <= count else { return nil }
    return self[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
  }
}
