/// Makes a picture the vision tower's input, as Hugging Face's `CLIPImageProcessor` does with Pillow: the
/// shortest side is resized (bicubic, antialiased), then the centre is cropped.
public struct ImagePreprocessor: Equatable, Sendable {
  /// Length of the shorter side after the resize, in pixels.
  public let shortestEdge: Int
  /// Side of the square crop, in pixels.
  public let cropSize: Int

  /// Largest `shortestEdge` and `cropSize`.
  public static let maxSide = 8192

  /// Creates a preprocessor; throws `ImageError.invalidSize` unless both are in `1...maxSide`.
  public init(shortestEdge: Int, cropSize: Int) throws(ImageError) {
    let allowed = 1...Self.maxSide
    guard allowed.contains(shortestEdge) else {
      throw .invalidSize(width: shortestEdge, height: shortestEdge)
    }
    guard allowed.contains(cropSize) else { throw .invalidSize(width: cropSize, height: cropSize) }
    self.shortestEdge = shortestEdge
    self.cropSize = cropSize
  }

  /// The input picture, `[cropSize x cropSize x 3]`.
  ///
  /// Only what the crop keeps is resized: a picture of 1 x 65,500 pixels costs no more than another.
  public func prepare(_ image: RGBImage) -> RGBImage {
    let size = image.shortestEdgeSize(shortestEdge)
    let columns = CropAxis(size: size.width, crop: cropSize)
    let rows = CropAxis(size: size.height, crop: cropSize)
    let kept = image.resized(
      toWidth: size.width, height: size.height, columns: columns.kept, rows: rows.kept, filter: .bicubic)
    return kept.padded(columns: columns, rows: rows)
  }

  /// `(rescale * pixel - mean) / deviation`, `[3 x height x width]`, one plane a channel.
  ///
  /// Each step is rounded to float32 where transformers does, so the values are the same.
  ///
  /// - Precondition: `mean` and `deviation` have three elements.
  public func normalized(
    _ image: RGBImage, mean: [Double], deviation: [Double], rescale: Double = 1.0 / 255
  ) -> [Float] {
    precondition(mean.count == 3 && deviation.count == 3, "one mean and one deviation for each channel")
    let area = image.width * image.height
    var values: [Float] = []
    values.reserveCapacity(area * 3)
    for channel in 0..<3 {
      let table = (0..<256).map { byte in
        (Float(Double(byte) * rescale) - Float(mean[channel])) / Float(deviation[channel])
      }
      for pixel in 0..<area { values.append(table[Int(image.pixels[pixel * 3 + channel])]) }
    }
    return values
  }
}
