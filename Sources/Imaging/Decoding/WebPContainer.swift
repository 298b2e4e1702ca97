/// Where the parts of a WebP file are that a picture is made of.
///
/// The codec reads files of one picture by itself. Of animations it is given the first frame alone, so that nothing is kept
/// of the others, however many there are.
struct WebPContainer {
  /// Sides of the whole picture, where the file says them beside those of the bitstream.
  private(set) var canvas: (width: Int, height: Int)?
  /// The first frame of an animation.
  private(set) var frame: Frame?
  /// The TIFF structure of its Exif data.
  private(set) var exif: ArraySlice<UInt8>?

  /// A frame of an animation.
  struct Frame {
    /// Place in the picture.
    let column: Int
    let row: Int
    /// Its bitstream.
    let bytes: ArraySlice<UInt8>
  }

  private static let headerSize = 12
  private static let frameHeaderSize = 16

  /// Whether bytes begin like a WebP file.
  static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8)
  }

  /// Reads the chunks of a file up to where they end or stop making sense.
  init(_ bytes: [UInt8]) {
    var position = Self.headerSize
    while let size = bytes.littleEndian(4, at: position + 4) {
      let start = position + 8
      let end = min(start + size, bytes.count)
      read(bytes[position..<position + 4], bytes[start..<end])
      position = start + size + size % 2
    }
  }

  private mutating func read(_ name: ArraySlice<UInt8>, _ content: ArraySlice<UInt8>) {
    func number(_ count: Int, _ offset: Int) -> Int? {
      content.littleEndian(count, at: content.startIndex + offset)
    }
    if name.elementsEqual("VP8X".utf8), canvas == nil, let width = number(3, 4), let height = number(3, 7) {
      canvas = (width + 1, height + 1)
    }
    if name.elementsEqual("ANMF".utf8), frame == nil, let column = number(3, 0), let row = number(3, 3) {
      frame = Frame(column: 2 * column, row: 2 * row, bytes: content.dropFirst(Self.frameHeaderSize))
    }
    if name.elementsEqual("EXIF".utf8), exif == nil { exif = content }
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// Some bytes as a number, the lowest first, or `nil` past the end.
  func littleEndian(_ count: Int, at position: Int) -> Int? {
    guard position >= startIndex, position <= endIndex - count else { return nil }
    return self[position..<position + count].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
