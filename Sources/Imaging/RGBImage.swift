/// An 8-bit RGB picture.
public struct RGBImage: Equatable, Sendable {
  /// Columns, at least 1.
  public let width: Int
  /// Rows, at least 1.
  public let height: Int
  /// Bytes, `[height x width x 3]`, row by row from the top.
  public internal(set) var pixels: [UInt8]

  /// Creates a picture from its bytes.
  ///
  /// - Precondition: both sides are positive and `pixels` has `3 * width * height` elements.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(Self.byteCount(width: width, height: height) == pixels.count, "pixels do not match the size")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Creates a black picture. The size has been checked by the caller.
  init(width: Int, height: Int) {
    self.init(width: width, height: height, pixels: [UInt8](repeating: 0, count: width * height * 3))
  }

  /// Bytes of a picture, or `nil` when a side is not positive or the product overflows.
  static func byteCount(width: Int, height: Int) -> Int? {
    guard width > 0, height > 0 else { return nil }
    let (area, areaOverflow) = width.multipliedReportingOverflow(by: height)
    let (bytes, overflow) = area.multipliedReportingOverflow(by: 3)
    return areaOverflow || overflow ? nil : bytes
  }

  /// The bytes of one row, `[width x 3]`.
  func row(_ y: Int) -> ArraySlice<UInt8> { pixels[(y * width * 3)..<((y + 1) * width * 3)] }
}
