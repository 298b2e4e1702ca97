/// What a decoder accepts before it allocates anything of the picture's size.
public struct DecodeLimits: Equatable, Sendable {
  /// Most bytes of an encoded file.
  public var maxEncodedBytes = 64 << 20
  /// Most pixels of a picture; three bytes each.
  public var maxPixels = 64_000_000
  /// Longest side in pixels; a JPEG cannot be longer than the default.
  public var maxSide = 65_500

  /// The defaults: 64 MiB encoded, 64 million pixels, 65,500 pixels a side.
  public init() {}

  /// Pictures of up to so many pixels, and files of as many bytes where that is more than by default.
  public init(maxPixels: Int) {
    self.maxPixels = maxPixels
    maxEncodedBytes = max(maxEncodedBytes, maxPixels)
  }

  /// Creates limits.
  public init(maxEncodedBytes: Int, maxPixels: Int, maxSide: Int) {
    self.maxEncodedBytes = maxEncodedBytes
    self.maxPixels = maxPixels
    self.maxSide = maxSide
  }

  /// Throws when a picture of this size is not to be decoded.
  func check(name: String, width: Int, height: Int) throws(ImageError) {
    if width > maxSide || height > maxSide {
      throw .imageTooLarge(name: name, width: width, height: height, limit: "\(maxSide) pixels a side")
    }
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || area > maxPixels {
      throw .imageTooLarge(name: name, width: width, height: height, limit: "\(maxPixels) pixels")
    }
  }
}
