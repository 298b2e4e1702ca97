/// A BMP file: its header, and pixels of 1 to 32 bits, plain or in runs.
///
/// What is read is what Pillow reads: headers from OS/2's to version 5, the layouts of channels that are in use, rows in
/// either direction.
struct BitmapFile {
  /// Why a file is not read.
  enum Problem: Error {
    /// The data end too early.
    case truncated
    /// What is there is not read here.
    case unsupported(String)
  }

  /// Columns.
  let width: Int
  /// Rows.
  let height: Int
  private let bytes: [UInt8]
  private let pixelStart: Int
  private let isTopDown: Bool
  private let bits: Int
  private let layout: Layout

  /// How pixels are stored.
  private enum Layout {
    /// Indices of 256 colours, plain or in runs; those that the file does not say are black.
    case indexed(colours: [UInt8], isInRuns: Bool)
    /// Channels of their own: where the bits of red, green and blue are.
    case channels([BitmapChannel])
  }

  private static let fileHeaderSize = 14
  private static let oldHeaderSize = 12
  private static let headerSizes: Set = [40, 52, 56, 64, 108, 124]

  /// Reads the header and the colours.
  init(_ bytes: [UInt8]) throws(Problem) {
    func number(_ count: Int, _ position: Int) throws(Problem) -> Int {
      guard let value = bytes.littleEndian(count, at: position) else { throw .truncated }
      return value
    }
    self.bytes = bytes
    let start = Self.fileHeaderSize
    let headerSize = try number(4, start)
    let isOld = headerSize == Self.oldHeaderSize
    guard isOld || Self.headerSizes.contains(headerSize) else {
      throw .unsupported("a header of \(headerSize) bytes")
    }
    width = try number(isOld ? 2 : 4, start + 4)
    let rows = try number(isOld ? 2 : 4, start + (isOld ? 6 : 8))
    isTopDown = !isOld && rows >> 31 == 1
    height = isTopDown ? 1 << 32 - rows : rows
    bits = try number(2, start + (isOld ? 10 : 14))
    let compression = isOld ? 0 : try number(4, start + 16)
    let stated = try number(4, 10)
    let behindHeader = start + headerSize
    switch (bits, compression) {
    case (1, 0), (4, 0), (8, 0), (8, 1), (4, 2):
      let count = isOld ? 0 : try number(4, start + 32)
      let entry = isOld ? 3 : 4
      let stored = min(count == 0 ? 1 << bits : count, 1 << bits)
      let end = behindHeader + stored * entry
      guard end <= bytes.count else { throw .truncated }
      var colours = [UInt8](repeating: 0, count: 3 * 256)
      for index in 0..<3 * stored {
        // Blue comes first.
        colours[index] = bytes[behindHeader + index / 3 * entry + 2 - index % 3]
      }
      layout = .indexed(colours: colours, isInRuns: compression != 0)
      // Some writers forget that there are colours.
      pixelStart = stated == behindHeader || stated == 0 ? end : stated
    case (16, 0), (24, 0), (32, 0):
      layout = .channels(BitmapChannel.standard(bits: bits))
      pixelStart = stated == 0 ? behindHeader : stated
    case (16, 3), (24, 3), (32, 3):
      var masks: [Int] = []
      for index in 0..<3 { masks.append(try number(4, start + 40 + 4 * index)) }
      guard let channels = BitmapChannel.known(masks, bits: bits) else {
        throw .unsupported("channels in other bits than any program writes")
      }
      layout = .channels(channels)
      pixelStart = stated == 0 ? max(behindHeader, start + 52) : stated
    case (1, _), (4, _), (8, _), (16, _), (24, _), (32, _):
      throw .unsupported("compression \(compression) of \(bits) bits a pixel")
    default: throw .unsupported("\(bits) bits a pixel")
    }
  }

  /// The pixels. The size must have passed the limits.
  func decode() throws(Problem) -> RGBImage {
    switch layout {
    case .indexed(let colours, let isInRuns):
      let indices =
        try isInRuns ? BitmapRuns(bytes, from: pixelStart, bits, width, height).indices : plainIndices()
      return image { row, column, channel in colours[3 * Int(indices[row * width + column]) + channel] }
    case .channels(let channels):
      let (stride, size) = (try stride(), bits / 8)
      return image { row, column, channel in
        let position = pixelStart + row * stride + column * size
        var value = 0
        for index in 0..<size { value |= Int(bytes[position + index]) << (8 * index) }
        return channels[channel].value(of: value)
      }
    }
  }

  /// The picture of values at rows as they are stored, columns and channels.
  private func image(_ value: (_ row: Int, _ column: Int, _ channel: Int) -> UInt8) -> RGBImage {
    var image = RGBImage(width: width, height: height)
    var target = 0
    for row in 0..<height {
      let stored = isTopDown ? row : height - 1 - row
      for column in 0..<width {
        for channel in 0..<3 { image.pixels[target + channel] = value(stored, column, channel) }
        target += 3
      }
    }
    return image
  }

  /// Bytes of a row, all of which are there.
  private func stride() throws(Problem) -> Int {
    let stride = (width * bits + 31) / 32 * 4
    // The padding of the last row may be missing.
    let last = (width * bits + 7) / 8
    guard pixelStart <= bytes.count, bytes.count - pixelStart >= (height - 1) * stride + last else {
      throw .truncated
    }
    return stride
  }

  private func plainIndices() throws(Problem) -> [UInt8] {
    let stride = try stride()
    let (perByte, mask) = (8 / bits, UInt8((1 << bits) - 1))
    var indices: [UInt8] = []
    indices.reserveCapacity(width * height)
    for row in 0..<height {
      for column in 0..<width {
        let byte = bytes[pixelStart + row * stride + column / perByte]
        indices.append(byte >> UInt8(8 - bits - column % perByte * bits) & mask)
      }
    }
    return indices
  }
}
