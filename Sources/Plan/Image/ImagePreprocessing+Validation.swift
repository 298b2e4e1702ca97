private let path = "/image"

extension ImagePreprocessing {
  /// Demands sizes that fit the tower and that no picture can turn into an overflow.
  package func validate(for model: ModelDescription) throws(Flaw) {
    try require(mean.count, in: 3...3, "number of means", path)
    try require(deviation.count, in: 3...3, "number of deviations", path)
    for value in mean { try require(value, from: -1000, upTo: 1000, "mean", path) }
    for value in deviation { try require(value, above: 0, upTo: 1000, "deviation", path) }
    try require(rescale, above: 0, upTo: 1000, "rescale", path)
    try markup.validate(path)
    try require(canvasTiles, in: 0...4096, "canvas_tiles", path)
    let vision = model.vision
    // A canvas is put together token by token.
    let side = vision.grid / model.patchesPerToken
    guard arrangement != .overviewThenCanvas || (vision.grid > 0 && model.tokensPerTile == side * side) else {
      throw Flaw(path, "arranges a canvas of tiles that are not grids of \(side) tokens a side")
    }
    switch tiling {
    case .single(let tile): try tile.validate(for: vision)
    case .anyResolution(let tiling): try tiling.validate(for: vision)
    case .canvas(let tiling):
      try requireSide(tiling.side, vision)
      try require(tiling.minimumTiles, in: 1...1024, "minimum_tiles", path)
      try require(tiling.maximumTiles, in: tiling.minimumTiles...1024, "maximum_tiles", path)
    case .split(let tiling):
      try requireSide(tiling.side, vision)
      try require(tiling.longestEdge, in: 0...Limit.image, "longest_edge", path)
    case .native(let resolution): try resolution.validate(for: model)
    case .nativeTiles(let tiling): try tiling.validate(for: model)
    case .slices(let tiling): try tiling.validate(for: model)
    case .crops(let tiling):
      try requireSide(tiling.side, vision)
      try require(tiling.minimumCrop, in: 1...Limit.image, "minimum_crop", path)
      try require(tiling.maximumCrops, in: 0...1024, "maximum_crops", path)
      try require(tiling.ratio, from: 1, upTo: 1e6, "crop_ratio", path)
    }
  }
}

extension TileShape {
  package func validate(for vision: VisionModel) throws(Flaw) {
    try requireSide(side, vision)
    guard shortestEdge > 0 else { return try require(shortestEdge, in: 0...0, "shortest_edge", path) }
    try require(shortestEdge, in: 1...Limit.image, "shortest_edge", path)
  }
}

extension AnyResolutionTiling {
  package func validate(for vision: VisionModel) throws(Flaw) {
    try tile.validate(for: vision)
    try require(overview.count, in: 2...2, "number of sides in overview", path)
    for side in overview { try require(side, in: 1...Limit.image, "overview", path) }
    try require(resolutions.count, in: 2...2048, "number of sides in resolutions", path)
    guard resolutions.count % 2 == 0 else { throw Flaw(path, "resolutions has a height without a width") }
    for side in resolutions {
      try require(side, in: tile.side...Limit.image, "resolutions", path)
      guard side % tile.side == 0 else {
        throw Flaw(path, "resolutions has \(side), which is not a number of tiles of \(tile.side)")
      }
    }
  }
}

extension NativeResolution {
  package func validate(for model: ModelDescription) throws(Flaw) {
    try requireUnit(unit, of: model, "keeps a picture's resolution")
    try require(minimumPixels, in: 1...Limit.pixels, "minimum_pixels", path)
    try require(maximumPixels, in: minimumPixels...Limit.pixels, "maximum_pixels", path)
    let vision = model.vision
    switch rule {
    case .nearest, .filling: try require(longestEdge, in: 0...0, "longest_edge", path)
    case .longestEdge: try require(longestEdge, in: 1...Limit.image, "longest_edge", path)
    }
    guard rule == .nearest || maximumPixels >= unit * unit else {
      throw Flaw(path, "maximum_pixels is \(maximumPixels), less than a unit of \(unit) x \(unit)")
    }
    guard
      vision.positionAxis == 0
        || (rule == .filling && longestFilling * model.patchesPerToken <= vision.positionAxis)
    else {
      throw Flaw(path, "pictures may be longer than position_axis, \(vision.positionAxis) patches")
    }
  }
}

extension NativeTiling {
  package func validate(for model: ModelDescription) throws(Flaw) {
    try resolution.validate(for: model)
    guard splits else { return }
    try require(side, in: 1...Limit.image, "side", path)
    guard side % resolution.unit == 0 else {
      throw Flaw(path, "side is \(side), no multiple of \(resolution.unit) pixels")
    }
    try require(minimumTiles, in: 1...1024, "minimum_tiles", path)
    try require(maximumTiles, in: minimumTiles...1024, "maximum_tiles", path)
    guard minimumTiles > 1 else {
      throw Flaw(path, "minimum_tiles is 1, so that a large picture may be one tile and no overview")
    }
    try require(tolerance, from: 0, upTo: 1e6, "tolerance", path)
    let (area, overflow) = side.multipliedReportingOverflow(by: side)
    guard !overflow, area <= Limit.pixels else { throw Flaw(path, "side is \(side)") }
  }
}

extension SliceTiling {
  package func validate(for model: ModelDescription) throws(Flaw) {
    try requireUnit(unit, of: model, "cuts slices of a picture's own shape")
    try require(side, in: 1...Limit.image, "side", path)
    try require(maximumTiles, in: 1...1024, "maximum_tiles", path)
  }
}

/// Demands a tower of any size, and that a unit is what becomes one token.
private func requireUnit(_ unit: Int, of model: ModelDescription, _ use: String) throws(Flaw) {
  guard model.vision.imageSize == 0 else {
    throw Flaw(path, "\(use), but the tower takes images of \(model.vision.imageSize)")
  }
  let expected = model.vision.patchSize * model.patchesPerToken
  try require(unit, in: expected...expected, "unit", path)
}

private func requireSide(_ side: Int, _ vision: VisionModel) throws(Flaw) {
  guard side == vision.imageSize, side > 0 else {
    throw Flaw(path, "side is \(side), the tower takes images of \(vision.imageSize)")
  }
}

private enum Limit {
  static let image = 16_384
  static let pixels = 1 << 28
}
