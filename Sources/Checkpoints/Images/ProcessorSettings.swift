import JSONReading
import Plan

/// A checkpoint's image processor: `preprocessor_config.json`, or the `image_processor` of `processor_config.json`, and
/// what the processor itself says beside it.
struct ProcessorSettings {
  /// The image processor's settings.
  let image: Settings
  /// The processor's settings; empty where there is no file.
  let processor: Settings
  /// Files that were read.
  let files: [String]

  init(_ directory: String) throws(CheckpointError) {
    let own = "\(directory)/preprocessor_config.json"
    let shared = "\(directory)/processor_config.json"
    processor =
      fileExists(shared) ? try Settings(contentsOf: shared) : Settings(file: shared, object: JSONObject())
    if let image = try processor.child("image_processor") {
      self.image = image
      files = [shared]
    } else if fileExists(own) {
      image = try Settings(contentsOf: own)
      files = [own, shared].filter(fileExists)
    } else {
      throw CheckpointError(
        file: own, reason: "is missing, and so is image_processor in processor_config.json")
    }
  }

  /// Demands that the processor is of one of these kinds, whatever its variant.
  func demandKind(_ kinds: [String]) throws(CheckpointError) {
    for key in ["image_processor_type", "feature_extractor_type"] {
      guard image[key] != nil else { continue }
      var name = try image.text(key)
      for ending in ["Fast", "Pil"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
      let known = kinds.flatMap { [$0 + "ImageProcessor", $0 + "FeatureExtractor"] }
      guard known.contains(name) else {
        throw image.error(key, "is \"\(name)\", supported is \(kinds[0])ImageProcessor")
      }
    }
  }

  /// Filter and normalisation, which every family has; `standard` holds its defaults, and `normalizes` whether it normalises
  /// where the settings do not say.
  func preprocessing(
    _ standard: ImageDefaults, normalizes: Bool = true
  ) throws(CheckpointError) -> ImagePreprocessing {
    try image.demand("do_convert_rgb", true)
    try image.demand("do_resize", true)
    var result = ImagePreprocessing()
    result.filter = try filter(standard.filter)
    result.rescale = 1
    if try image.flag("do_rescale", default: true) {
      result.rescale = try image.real("rescale_factor", default: 1.0 / 255)
    }
    if try image.flag("do_normalize", default: normalizes) {
      result.mean = try triple("image_mean", standard.mean)
      result.deviation = try triple("image_std", standard.deviation)
    }
    guard result.deviation.allSatisfy({ $0 > 0 }) else {
      throw image.error("image_std", "has a number that is not above 0")
    }
    return result
  }

  private func triple(_ key: String, _ standard: [Double]) throws(CheckpointError) -> [Double] {
    if case .array? = image[key] {
      let values = try image.reals(key, default: standard)
      guard values.count == 3 else { throw image.error(key, "has not three numbers") }
      return values
    }
    guard image[key] != nil else { return standard }
    let value = try image.real(key)
    return [value, value, value]
  }

  /// Pillow's numbers of the filters.
  private func filter(_ standard: ImagePreprocessing.Filter) throws(CheckpointError)
    -> ImagePreprocessing.Filter
  {
    let filters: [ImagePreprocessing.Filter] = [.nearest, .lanczos, .bilinear, .bicubic, .box, .hamming]
    guard image["resample"] != nil else { return standard }
    let number = try image.integer("resample")
    guard filters.indices.contains(number), number > 0 else {
      throw image.error(
        "resample", "is \(number), supported are 1 to 5 (lanczos, bilinear, bicubic, box, hamming)")
    }
    return filters[number]
  }
}

/// What an image processor does where its settings are silent.
struct ImageDefaults {
  var mean = [0.48145466, 0.4578275, 0.40821073]
  var deviation = [0.26862954, 0.26130258, 0.27577711]
  var filter = ImagePreprocessing.Filter.bicubic

  /// Means and deviations of CLIP.
  static let clip = Self()
  /// A half each.
  static let half = Self(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])
  /// A half each, resized linearly.
  static let halfBilinear = Self(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5], filter: .bilinear)
  /// A half each, resized by Lanczos.
  static let halfLanczos = Self(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5], filter: .lanczos)
}

extension Settings {
  /// The sides of a size: `{"height": h, "width": w}`, `{"shortest_edge": n}` or `n`.
  enum Size: Equatable {
    case sides(height: Int, width: Int)
    case shortestEdge(Int)
  }

  /// The side of a size that must be a square; a plain number is one.
  func squareSide(_ key: String, default standard: Int) throws(CheckpointError) -> Int {
    switch try size(key, default: .sides(height: standard, width: standard), isSquare: true) {
    case .sides(let height, let width) where height == width: return height
    default: throw error(key, "is not a square of height and width")
    }
  }

  /// Demands that a number of tokens, where it is said, is that of a tile of the model.
  func demandTokens(_ key: String, of model: ModelDescription) throws(CheckpointError) {
    guard self[key] != nil else { return }
    let tokens = try extent(key)
    guard tokens == model.tokensPerTile else {
      throw error(key, "is \(tokens), a tile has \(model.tokensPerTile) tokens")
    }
  }

  /// Reads a size; `isSquare` says what a plain number means.
  func size(_ key: String, default standard: Size, isSquare: Bool) throws(CheckpointError) -> Size {
    guard self[key] != nil else { return standard }
    guard case .object? = self[key], let size = try child(key) else {
      let number = try extent(key)
      return isSquare ? .sides(height: number, width: number) : .shortestEdge(number)
    }
    if size["shortest_edge"] != nil, size["longest_edge"] == nil {
      return .shortestEdge(try size.extent("shortest_edge"))
    }
    return .sides(height: try size.extent("height"), width: try size.extent("width"))
  }
}
