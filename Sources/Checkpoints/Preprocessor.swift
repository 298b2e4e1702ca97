import PlanFormat

/// `preprocessor_config.json`, or the `image_processor` of `processor_config.json`, with the defaults of
/// `CLIPImageProcessor`.
enum Preprocessor {
  static func read(_ directory: String) throws(CheckpointError) -> (image: ImagePreprocessing, file: String) {
    let own = "\(directory)/preprocessor_config.json"
    if fileExists(own) { return (try read(try Settings(contentsOf: own)), own) }
    let shared = "\(directory)/processor_config.json"
    if fileExists(shared), let settings = try Settings(contentsOf: shared).child("image_processor") {
      return (try read(settings), shared)
    }
    throw CheckpointError(file: own, reason: "is missing, and so is image_processor in processor_config.json")
  }

  private static let kinds = [
    "CLIPImageProcessor", "CLIPImageProcessorFast", "CLIPFeatureExtractor", "LlavaImageProcessor",
    "LlavaImageProcessorFast",
  ]

  private static func read(_ settings: Settings) throws(CheckpointError) -> ImagePreprocessing {
    for key in ["image_processor_type", "feature_extractor_type"] {
      let kind = try settings.text(key, default: kinds[0])
      guard kinds.contains(kind) else {
        throw settings.error(key, "is \"\(kind)\", supported is \(kinds[0])")
      }
    }
    try settings.demand("do_resize", true)
    try settings.demand("do_center_crop", true)
    try settings.demand("do_convert_rgb", true)
    try settings.demand("do_pad", false)
    let resample = try settings.integer("resample", default: 3)
    guard resample == 3 else { throw settings.error("resample", "is \(resample), supported is 3 (bicubic)") }
    var image = ImagePreprocessing()
    image.shortestEdge = try edge(settings, "size")
    image.cropSize = try side(settings, "crop_size")
    image.rescale = 1
    if try settings.flag("do_rescale", default: true) {
      image.rescale = try settings.real("rescale_factor", default: 1.0 / 255)
    }
    if try settings.flag("do_normalize", default: true) {
      image.mean = try settings.reals("image_mean", default: [0.48145466, 0.4578275, 0.40821073])
      image.deviation = try settings.reals("image_std", default: [0.26862954, 0.26130258, 0.27577711])
    }
    guard image.mean.count == 3 else { throw settings.error("image_mean", "has not three numbers") }
    guard image.deviation.count == 3, image.deviation.allSatisfy({ $0 > 0 }) else {
      throw settings.error("image_std", "has not three numbers above 0")
    }
    return image
  }

  /// `{"shortest_edge": n}` or `n`.
  private static func edge(_ settings: Settings, _ key: String) throws(CheckpointError) -> Int {
    guard case .object? = settings[key], let size = try settings.child(key) else {
      return try settings.integer(key, default: 224)
    }
    guard size["height"] == nil, size["width"] == nil, size["longest_edge"] == nil else {
      throw settings.error(key, "is not one shortest_edge, the only resize that is supported")
    }
    return try size.integer("shortest_edge")
  }

  /// `{"height": n, "width": n}` or `n`.
  private static func side(_ settings: Settings, _ key: String) throws(CheckpointError) -> Int {
    guard case .object? = settings[key], let size = try settings.child(key) else {
      return try settings.integer(key, default: 224)
    }
    let (height, width) = (try size.integer("height"), try size.integer("width"))
    guard height == width else { throw settings.error(key, "is \(height) x \(width), expected a square") }
    return height
  }
}
