/// Where a channel of a BMP pixel is.
struct BitmapChannel {
  private let shift: Int
  private let largest: Int

  /// The bits of a mask, which are neighbours.
  private init(mask: Int) {
    shift = mask.trailingZeroBitCount
    largest = mask >> shift
  }

  /// Red, green and blue where a file says nothing of them.
  static func standard(bits: Int) -> [BitmapChannel] {
    (bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF_0000, 0xFF00, 0xFF]).map(BitmapChannel.init)
  }

  /// Red, green and blue by their masks, where they are those of a layout in use.
  static func known(_ masks: [Int], bits: Int) -> [BitmapChannel]? {
    // Some writers leave them out.
    if bits == 32, masks == [0, 0, 0] { return standard(bits: bits) }
    let layouts: [Int: [[Int]]] = [
      16: [[0xF800, 0x7E0, 0x1F], [0x7C00, 0x3E0, 0x1F]],
      24: [[0xFF_0000, 0xFF00, 0xFF]],
      32: [
        [0xFF_0000, 0xFF00, 0xFF], [0xFF, 0xFF00, 0xFF_0000], [0xFF00_0000, 0xFF_0000, 0xFF00],
        [0xFF00_0000, 0xFF00, 0xFF],
      ],
    ]
    return layouts[bits, default: []].contains(masks) ? masks.map(BitmapChannel.init) : nil
  }

  /// Its value in a pixel, of 255.
  func value(of pixel: Int) -> UInt8 { UInt8((pixel >> shift & largest) * 255 / largest) }
}
