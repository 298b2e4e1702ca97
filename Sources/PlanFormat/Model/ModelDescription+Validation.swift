/// Limits far above any real model and far below any overflow: the product of any three is exact in `Int`.
private enum Limit {
  static let layers = 1...512
  static let width = 1...65_536
  static let heads = 1...1024
  static let headWidth = 2...1024
  static let feedForward = 1...1_048_576
  static let vocabulary = 1...4_194_304
  static let context = 1...67_108_864
  static let image = 1...8192
  static let grid = 1...512
}

extension ModelDescription {
  /// Demands sizes that the engine can work with, so that nothing computed from them overflows.
  func validate() throws(Flaw) {
    guard !family.isEmpty, family.utf8.count <= 64 else {
      throw Flaw("/model", "family has no name or a long one")
    }
    try text.validate()
    try vision.validate()
    try require(projector.hiddenWidth, in: Limit.width, "hidden_width", "/model/projector")
    let visual = vision.tokensPerImage
    guard visual < text.contextLength else {
      throw Flaw("/model", "an image needs \(visual) positions of a context of \(text.contextLength)")
    }
  }
}

extension TextModel {
  func validate() throws(Flaw) {
    let path = "/model/text"
    try require(layers, in: Limit.layers, "layers", path)
    try require(width, in: Limit.width, "width", path)
    try require(queryHeads, in: Limit.heads, "query_heads", path)
    try require(keyValueHeads, in: Limit.heads, "key_value_heads", path)
    try require(headWidth, in: Limit.headWidth, "head_width", path)
    try require(feedForwardWidth, in: Limit.feedForward, "feed_forward_width", path)
    try require(vocabulary, in: Limit.vocabulary, "vocabulary", path)
    try require(contextLength, in: Limit.context, "context_length", path)
    try require(normEpsilon, above: 0, upTo: 1, "norm_epsilon", path)
    guard headWidth % 2 == 0 else { throw Flaw(path, "head_width is odd: \(headWidth)") }
    guard queryHeads % keyValueHeads == 0 else {
      throw Flaw(path, "\(queryHeads) query heads cannot share \(keyValueHeads) key/value heads evenly")
    }
    try require(stopTokens.count, in: 1...16, "number of stop_tokens", path)
    for token in stopTokens { try require(token, in: 0...(vocabulary - 1), "stop_tokens", path) }
    try require(imageToken, in: 0...(vocabulary - 1), "image_token", path)
  }
}

extension VisionModel {
  func validate() throws(Flaw) {
    let path = "/model/vision"
    try require(layers, in: Limit.layers, "layers", path)
    try require(width, in: Limit.width, "width", path)
    try require(heads, in: Limit.heads, "heads", path)
    try require(feedForwardWidth, in: Limit.feedForward, "feed_forward_width", path)
    try require(imageSize, in: Limit.image, "image_size", path)
    try require(patchSize, in: 1...imageSize, "patch_size", path)
    try require(grid, in: Limit.grid, "image_size / patch_size", path)
    try require(normEpsilon, above: 0, upTo: 1, "norm_epsilon", path)
    guard width % heads == 0 else {
      throw Flaw(path, "width \(width) cannot be divided among \(heads) heads")
    }
    guard classToken || !dropsClassToken else {
      throw Flaw(path, "drops a class token that it does not have")
    }
  }
}

extension ImagePreprocessing {
  func validate(for vision: VisionModel) throws(Flaw) {
    let path = "/image"
    try require(shortestEdge, in: Limit.image, "shortest_edge", path)
    guard cropSize == vision.imageSize else {
      throw Flaw(path, "crop_size is \(cropSize), the tower takes images of \(vision.imageSize)")
    }
    guard shortestEdge >= cropSize else {
      throw Flaw(path, "shortest_edge \(shortestEdge) is smaller than crop_size \(cropSize)")
    }
    try require(mean.count, in: 3...3, "number of means", path)
    try require(deviation.count, in: 3...3, "number of deviations", path)
    for value in mean { try require(value, from: -1000, upTo: 1000, "mean", path) }
    for value in deviation { try require(value, above: 0, upTo: 1000, "deviation", path) }
    try require(rescale, above: 0, upTo: 1000, "rescale", path)
  }
}

// MARK: Checks

func require(_ value: Int, in range: ClosedRange<Int>, _ name: String, _ object: String) throws(Flaw) {
  guard range.contains(value) else {
    throw Flaw(object, "\(name) is \(value), expected \(range.lowerBound) to \(range.upperBound)")
  }
}

/// Demands a number in `[low, high]`; NaN and infinities are outside every range.
func require(
  _ value: Double, from low: Double, upTo high: Double = .greatestFiniteMagnitude, _ name: String,
  _ object: String
) throws(Flaw) {
  guard value >= low, value <= high else {
    throw Flaw(object, "\(name) is \(value), expected \(low) to \(high)")
  }
}

/// Demands a number in `(low, high]`.
func require(
  _ value: Double, above low: Double, upTo high: Double = .greatestFiniteMagnitude, _ name: String,
  _ object: String
) throws(Flaw) {
  guard value > low, value <= high else {
    throw Flaw(object, "\(name) is \(value), expected above \(low), at most \(high)")
  }
}

func requireFinite(_ values: [Double], _ name: String, _ object: String) throws(Flaw) {
  if let value = values.first(where: { !$0.isFinite }) {
    throw Flaw(object, "\(name) has the value \(value)")
  }
}
