/// Columns and rows of a picture.
public struct ImageSize: Equatable, Sendable {
  /// Columns.
  public var width: Int
  /// Rows.
  public var height: Int

  /// A size.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Pixels; the largest number there is where they are more.
  public var pixels: Int {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? .max : area
  }
}

extension RGBImage {
  /// Columns and rows.
  public var size: ImageSize { ImageSize(width: width, height: height) }
}
