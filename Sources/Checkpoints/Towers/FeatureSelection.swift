import JSONReading
import Plan

extension Substring {
  /// Whether a tensor's name is `prefix`, then the number of one of some layers.
  func isOfLayer(behind prefix: String, in layers: Range<Int>) -> Bool {
    guard hasPrefix(prefix), let layer = Int(dropFirst(prefix.count).prefix { $0 != "." }) else {
      return false
    }
    return layers.contains(layer)
  }
}

extension Settings {
  /// `vision_feature_layer`: one or several indices into the list of hidden states, which are the embedding and then
  /// the output of each layer.
  func featureLayers(default standard: Int, of layers: Int) throws(CheckpointError) -> [Int] {
    let key = "vision_feature_layer"
    var chosen = [standard]
    if case .array? = self[key] {
      chosen = try integers(key) ?? chosen
    } else if self[key] != nil {
      chosen = [try integer(key)]
    }
    guard (1...64).contains(chosen.count) else { throw error(key, "has \(chosen.count) layers") }
    var boundaries: [Int] = []
    for layer in chosen { boundaries.append(try boundary(layer, key, of: layers)) }
    return boundaries
  }

  /// Index into the list of hidden states of a tower, counted from its end where it is below 0.
  func boundary(_ layer: Int, _ key: String, of layers: Int) throws(CheckpointError) -> Int {
    let boundary = layer < 0 && layer >= -(layers + 1) ? layer + layers + 1 : layer
    guard (0...layers).contains(boundary) else {
      throw error(key, "is \(layer), the tower has \(layers) layers")
    }
    return boundary
  }

  /// `vision_feature_select_strategy`: `default` drops the first token, `full` does not.
  func dropsFirstToken(default standard: String) throws(CheckpointError) -> Bool {
    let key = "vision_feature_select_strategy"
    let strategy = try text(key, default: standard)
    guard ["default", "full"].contains(strategy) else {
      throw error(key, "is \"\(strategy)\", supported are default and full")
    }
    return strategy == "default"
  }

  /// A side in pixels: a number, or two equal ones.
  func side(_ key: String, default standard: Int) throws(CheckpointError) -> Int {
    guard case .array? = self[key], let sides = try integers(key) else {
      return try extent(key, default: standard)
    }
    guard let first = sides.first, sides.allSatisfy({ $0 == first }), (1...Self.limit).contains(first) else {
      throw error(key, "is \(sides), expected a square")
    }
    return first
  }

  /// Demands that a picture of a side has patches, and not more along it than any tower.
  func demandPatches(
    of patch: Int, in side: Int, _ key: String = "image_size"
  ) throws(CheckpointError) {
    guard (1...Self.patchLimit).contains(side / patch) else {
      throw error(key, "is \(side), expected 1 to \(Self.patchLimit) patches of \(patch)")
    }
  }

  /// The side of a square of so many places.
  func root(_ key: String, default standard: Int) throws(CheckpointError) -> Int {
    let places = try extent(key, default: standard)
    let side = Int(Double(places).squareRoot().rounded(.towardZero))
    guard side * side == places else { throw error(key, "is \(places), which is no square") }
    return side
  }

  /// Patches along a side.
  private static let patchLimit = 1024

  /// Demands that a number is the one the engine has, or is absent.
  func demandInteger(_ key: String, _ expected: Int) throws(CheckpointError) {
    let value = try integer(key, default: expected)
    guard value == expected else { throw error(key, "is \(value), supported is \(expected)") }
  }

  /// Demands that a number, which has a default, is one that is known from elsewhere: `whose`.
  func demandExtent(
    _ key: String, _ expected: Int, of whose: String, default standard: Int
  ) throws(CheckpointError) {
    let value = try extent(key, default: standard)
    guard value == expected else { throw error(key, "is \(value), \(whose) is \(expected)") }
  }

  /// The width of a tower's heads, which together are as wide as the tower, and are rotated by row and by column.
  func headWidth(of vision: VisionModel, default standard: Int) throws(CheckpointError) -> Int {
    let width = try extent("head_dim", default: standard)
    guard width * vision.heads == vision.width, width % 4 == 0 else {
      throw error("head_dim", "is \(width) for \(vision.heads) heads of a width of \(vision.width)")
    }
    return width
  }

  /// A list of integers; `nil` when it is missing.
  func integers(_ key: String) throws(CheckpointError) -> [Int]? {
    guard let value = self[key] else { return nil }
    guard case .array(let values) = value else { throw error(key, "is \(value.summary), expected a list") }
    var numbers: [Int] = []
    for value in values {
      guard case .integer(let number) = value else {
        throw error(key, "has \(value.summary), expected integers")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Whether a key is there and null, which is not the same as its default.
  func isNull(_ key: String) -> Bool { object[key]?.isNull ?? false }
}
