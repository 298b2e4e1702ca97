import Plan

extension NativeResolution {
  /// Most times that one side may be as long as the other.
  private static let longestRatio = 200
  private static let pixelLimit = 1 << 28

  func check() throws(ImageError) {
    try ImagePreprocessor.require(side: unit, "unit")
    for (name, pixels) in [("minimum_pixels", minimumPixels), ("maximum_pixels", maximumPixels)] {
      try ImagePreprocessor.require(
        (1...Self.pixelLimit).contains(pixels), name, "is \(pixels), expected 1 to \(Self.pixelLimit)")
    }
  }

  /// The picture at the nearest size of whole units within the limits.
  func resized(_ image: RGBImage, _ style: TileStyle) throws(ImageError) -> RGBImage {
    let size = try inputSize(of: image.size)
    return try image.resized(toWidth: size.width, height: size.height, as: style.resampling)
  }

  /// Refuses a picture one of whose sides is many times as long as the other.
  static func checkRatio(of image: ImageSize) throws(ImageError) {
    let (width, height) = (Double(image.width), Double(image.height))
    guard max(width, height) / min(width, height) <= Double(longestRatio) else {
      throw .tooElongated(width: image.width, height: image.height, limit: longestRatio)
    }
  }

  /// That size.
  func inputSize(of image: ImageSize) throws(ImageError) -> ImageSize {
    switch rule {
    case .nearest: break
    case .filling: return filling(image)
    case .longestEdge: return within(image)
    }
    try Self.checkRatio(of: image)
    let (width, height) = (Double(image.width), Double(image.height))
    return limited(image, from: (units(width, .toNearestOrEven), units(height, .toNearestOrEven)))
  }

  /// The largest size of whole units that has about the picture's ratio and no more than the most pixels.
  private func filling(_ image: ImageSize) -> ImageSize {
    let (width, height) = (Double(image.width), Double(image.height))
    let factor = (Double(maximumPixels) / (width * height)).squareRoot()
    var size = (units(factor * width, .down), units(factor * height, .down))
    // One unit across, and along as many as it is times as long.
    if size.1 == 0 { size = (max(1, min(Int(width / height), longestFilling)), 1) }
    if size.0 == 0 { size = (1, max(1, min(Int(height / width), longestFilling))) }
    return ImageSize(width: size.0 * unit, height: size.1 * unit)
  }

  /// The picture's size, or as much less as makes its longer edge short enough, rounded up to whole units.
  private func within(_ image: ImageSize) -> ImageSize {
    let (width, height) = (Double(image.width), Double(image.height))
    let edge = Double(longestEdge)
    let pixels = (width * height / Double(maximumPixels)).squareRoot()
    let ratio = max(max(height / edge, width / edge), pixels)
    func side(_ length: Double) -> Int {
      let shorter = ratio > 1 ? (length / ratio).rounded(.down) : length
      return max(1, units(shorter, .up)) * unit
    }
    return ImageSize(width: side(width), height: side(height))
  }

  /// A picture's size in whole units, `nearest` where that is within the limits.
  func limited(_ image: ImageSize, from nearest: (Int, Int)) -> ImageSize {
    let (width, height) = (Double(image.width), Double(image.height))
    let pixels = nearest.0 * unit * nearest.1 * unit
    var size = nearest
    if pixels > maximumPixels {
      let factor = (width * height / Double(maximumPixels)).squareRoot()
      size = (max(1, units(width / factor, .down)), max(1, units(height / factor, .down)))
    } else if pixels < minimumPixels {
      let factor = (Double(minimumPixels) / (width * height)).squareRoot()
      size = (units(width * factor, .up), units(height * factor, .up))
    }
    return ImageSize(width: size.0 * unit, height: size.1 * unit)
  }

  private func units(_ length: Double, _ rule: FloatingPointRoundingRule) -> Int {
    Int((length / Double(unit)).rounded(rule))
  }
}
