public import Plan

/// Makes pictures the vision tower's input, byte for byte as the families' image processors of Hugging Face do with
/// Pillow.
public struct ImagePreprocessor: Equatable, Sendable {
  private let preprocessing: ImagePreprocessing
  private let style: TileStyle

  /// Longest side of a tile, an overview, or an edge to resize to.
  public static let maxSide = 16_384

  /// Creates a preprocessor; throws where a size, mean or deviation is outside of what the engine allows.
  public init(_ preprocessing: ImagePreprocessing) throws(ImageError) {
    for (name, values) in [("mean", preprocessing.mean), ("deviation", preprocessing.deviation)] {
      try Self.require(values.count == 3, name, "has \(values.count) values, expected one for each channel")
    }
    switch preprocessing.tiling {
    case .single(let tile): try tile.check()
    case .anyResolution(let tiling): try tiling.check()
    case .canvas(let tiling): try tiling.check()
    case .split(let tiling): try tiling.check()
    case .native(let resolution): try resolution.check()
    case .nativeTiles(let tiling): try tiling.check()
    case .crops(let tiling): try tiling.check()
    case .slices(let tiling): try tiling.check()
    }
    self.preprocessing = preprocessing
    style = try TileStyle(preprocessing)
  }

  /// The inputs for one picture; `count` is the number of pictures in the prompt.
  public func prepare(_ image: RGBImage, among count: Int = 1) throws(ImageError) -> PreparedImage {
    switch preprocessing.tiling {
    case .single(let tile): PreparedImage(try tile.tile(of: image, style), of: image)
    case .anyResolution(let tiling): try tiling.prepare(image, among: count, style)
    case .canvas(let tiling): try tiling.prepare(image, style)
    case .split(let tiling): try tiling.prepare(image, style)
    case .native(let resolution): PreparedImage(try resolution.resized(image, style), of: image)
    case .nativeTiles(let tiling): try tiling.prepare(image, style)
    case .crops(let tiling): try tiling.prepare(image, style)
    case .slices(let tiling): try tiling.prepare(image, style)
    }
  }

  /// The inputs for one picture at the settings of an operating point, with what of them the tower does not see.
  ///
  /// - Parameter groupSide: pixels along each side of what the projector makes one token of.
  public func prepare(
    _ image: RGBImage, among count: Int = 1, at settings: PictureSettings, groupSide: Int
  ) throws(ImageError) -> PreparedImage {
    var prepared = try limited(to: settings.resolution).prepare(image, among: count)
    if let selection = settings.tileSelection { prepared.select(selection, groupSide: groupSide) }
    if let selection = settings.patchSelection, case .native(let native) = preprocessing.tiling {
      prepared.select(selection, groupSide: native.unit)
    }
    if let selection = settings.contrastSelection { prepared.select(selection, groupSide: groupSide) }
    return prepared
  }

  /// The same preprocessor within a resolution, or as it is.
  public func limited(to resolution: Resolution?) throws(ImageError) -> ImagePreprocessor {
    guard resolution != nil else { return self }
    let limited = preprocessing.limited(to: resolution)
    // Of tiles of several resolutions none may be left, which no plan may say.
    if case .anyResolution(let tiling) = limited.tiling, tiling.resolutions.isEmpty {
      return ImagePreprocessor(limited, style)
    }
    return try ImagePreprocessor(limited)
  }

  private init(_ preprocessing: ImagePreprocessing, _ style: TileStyle) {
    self.preprocessing = preprocessing
    self.style = style
  }

  /// Sizes of the inputs that `prepare` makes of a picture, without its pixels; `count` is the number of pictures in the
  /// prompt.
  public func inputSizes(of image: ImageSize, among count: Int = 1) throws(ImageError) -> [ImageSize] {
    switch preprocessing.tiling {
    case .single(let tile): [ImageSize(width: tile.side, height: tile.side)]
    case .anyResolution(let tiling): tiling.inputSizes(of: image, among: count)
    case .canvas(let tiling): tiling.inputSizes(of: image)
    case .split(let tiling): tiling.inputSizes(of: image)
    case .native(let resolution): [try resolution.inputSize(of: image)]
    case .nativeTiles(let tiling): try tiling.inputSizes(of: image)
    case .crops(let tiling): tiling.inputSizes(of: image)
    case .slices(let tiling): tiling.inputSizes(of: image)
    }
  }

  /// `(rescale * pixel - mean) / deviation`, `[3 x height x width]`, one plane a channel.
  ///
  /// Each step is rounded to float32 where transformers does, so the values are the same.
  public func normalized(_ image: RGBImage) -> [Float] {
    let area = image.width * image.height
    var values: [Float] = []
    values.reserveCapacity(area * 3)
    for channel in 0..<3 {
      let mean = Float(preprocessing.mean[channel])
      let deviation = Float(preprocessing.deviation[channel])
      let table = (0..<256).map { (Float(Double($0) * preprocessing.rescale) - mean) / deviation }
      for pixel in 0..<area { values.append(table[Int(image.pixels[pixel * 3 + channel])]) }
    }
    return values
  }

  static func require(_ condition: Bool, _ name: String, _ reason: String) throws(ImageError) {
    guard condition else { throw .invalidSetting(name: name, reason: reason) }
  }

  static func require(side: Int, from least: Int = 1, _ name: String) throws(ImageError) {
    try require((least...maxSide).contains(side), name, "is \(side), expected \(least) to \(maxSide)")
  }
}

/// What all ways of cutting share.
struct TileStyle: Equatable, Sendable {
  /// How every picture is resized.
  let resampling: Resampling
  /// Colour (RGB) around a picture padded to a square: the mean.
  let background: [UInt8]

  init(_ preprocessing: ImagePreprocessing) throws(ImageError) {
    resampling = Resampling(preprocessing.filter, by: preprocessing.resampler)
    guard preprocessing.tiling.padsToSquare else {
      background = [0, 0, 0]
      return
    }
    // The factor is 255 whatever `rescale` is.
    let bytes = preprocessing.mean.compactMap { UInt8(exactly: ($0 * 255).rounded(.towardZero)) }
    try ImagePreprocessor.require(bytes.count == 3, "mean", "is no colour to pad with")
    background = bytes
  }
}

extension ImageTiling {
  /// Whether a picture may be padded to a square.
  fileprivate var padsToSquare: Bool {
    switch self {
    case .single(let tile): tile.padsToSquare
    case .anyResolution(let tiling): tiling.squaresSeveral || tiling.tile.padsToSquare
    case .canvas, .split, .native, .nativeTiles, .crops, .slices: false
    }
  }
}
