extension ImageTiling {
  /// The measures in which a picture of this tiling can be limited.
  package var measures: [Resolution.Measure] {
    switch self {
    case .single: []
    case .crops(let tiling): tiling.maximumCrops > 0 ? [.tiles] : []
    case .anyResolution, .canvas: [.tiles]
    case .split: [.longestEdge, .tiles]
    case .native: [.pixels]
    case .nativeTiles: [.tiles, .pixels]
    case .slices(let tiling): tiling.splits ? [.tiles, .pixels] : [.pixels]
    }
  }

  /// Why pictures cannot be prepared at a resolution, in words; `nil` where they can.
  func problem(at resolution: Resolution) -> String? {
    if measures.isEmpty { return "resolution is fixed for this model: every picture becomes one tile" }
    guard measures.contains(resolution.measure) else {
      let names = measures.map(\.rawValue).joined(separator: " or ")
      return "resolution limits \(resolution.measure.rawValue), this model's processor knows \(names)"
    }
    switch (self, resolution.measure) {
    case (.split, .tiles):
      return resolution.limit == 0
        ? nil : "resolution limits tiles to \(resolution.limit), expected 0: no splitting"
    case (.crops, _):
      return resolution.limit != 1 ? nil : "resolution limits tiles to 1, expected 0 for none, or 2 or more"
    case (.canvas(let tiling), _) where resolution.limit < tiling.minimumTiles:
      return "resolution limits tiles to \(resolution.limit), expected \(tiling.minimumTiles) or more"
    case (.anyResolution(var tiling), _):
      tiling.limitTiles(to: resolution.limit)
      return resolution.limit == 0 || !tiling.resolutions.isEmpty
        ? nil : "resolution limits tiles to \(resolution.limit), and every resolution of this model has more"
    case (.native(let native), _): return native.problem(ofPixels: resolution.limit)
    case (.nativeTiles(let tiling), .pixels): return tiling.resolution.problem(ofPixels: resolution.limit)
    case (.nativeTiles(let tiling), _) where (1..<tiling.minimumTiles).contains(resolution.limit):
      return
        "resolution limits tiles to \(resolution.limit), expected 0 for none, or \(tiling.minimumTiles) or more"
    case (.slices(let tiling), .pixels):
      return resolution.limit >= tiling.unit * tiling.unit
        ? nil
        : "resolution limits pixels to \(resolution.limit), expected \(tiling.unit * tiling.unit) or more"
    case (.slices, _):
      return resolution.limit != 1 ? nil : "resolution limits tiles to 1, expected 0 for none, or 2 or more"
    default: return nil
    }
  }

  /// The same tiling within a resolution that it knows; a limit beyond its own changes nothing.
  package func limited(to resolution: Resolution) -> ImageTiling {
    let limit = resolution.limit
    switch (self, resolution.measure) {
    case (.split(var tiling), .longestEdge):
      tiling.longestEdge = tiling.longestEdge > 0 ? min(tiling.longestEdge, limit) : limit
      return .split(tiling)
    case (.split(var tiling), .tiles):
      tiling.splits = tiling.splits && limit > 0
      return .split(tiling)
    case (.crops(var tiling), .tiles):
      tiling.maximumCrops = min(tiling.maximumCrops, limit)
      return .crops(tiling)
    case (.canvas(var tiling), .tiles):
      tiling.maximumTiles = max(tiling.minimumTiles, min(tiling.maximumTiles, limit))
      return .canvas(tiling)
    case (.anyResolution(var tiling), .tiles):
      tiling.limitTiles(to: limit)
      return .anyResolution(tiling)
    case (.native(var native), .pixels):
      native.limit(toPixels: limit)
      return .native(native)
    case (.nativeTiles(var tiling), .pixels) where limit < tiling.resolution.maximumPixels:
      // What a picture has fewer pixels for than it may have whole, is never cut.
      tiling.resolution.limit(toPixels: limit)
      (tiling.minimumTiles, tiling.maximumTiles) = (1, 1)
      return .nativeTiles(tiling)
    case (.nativeTiles(var tiling), .tiles):
      tiling.maximumTiles = limit == 0 ? 1 : min(tiling.maximumTiles, limit)
      tiling.minimumTiles = min(tiling.minimumTiles, tiling.maximumTiles)
      return .nativeTiles(tiling)
    case (.slices(var tiling), .pixels) where limit < tiling.side * tiling.side:
      // What a picture has fewer pixels for than it may have whole, is never cut.
      tiling.side = max(1, Int(Double(max(0, limit)).squareRoot()))
      tiling.maximumTiles = 1
      return .slices(tiling)
    case (.slices(var tiling), .tiles):
      tiling.maximumTiles = max(1, min(tiling.maximumTiles, limit))
      return .slices(tiling)
    default: return self
    }
  }
}

extension AnyResolutionTiling {
  /// Keeps the resolutions of so many tiles; of none, the overview alone.
  fileprivate mutating func limitTiles(to limit: Int) {
    let side = max(1, tile.side)
    let pairs = stride(from: 0, to: resolutions.count - 1, by: 2).map {
      [resolutions[$0], resolutions[$0 + 1]]
    }
    resolutions = pairs.filter { ($0[0] / side) * ($0[1] / side) <= limit }.flatMap { $0 }
  }
}

extension NativeResolution {
  fileprivate func problem(ofPixels limit: Int) -> String? {
    limit >= unit * unit ? nil : "resolution limits pixels to \(limit), expected \(unit * unit) or more"
  }

  fileprivate mutating func limit(toPixels limit: Int) {
    maximumPixels = min(maximumPixels, limit)
    minimumPixels = min(minimumPixels, maximumPixels)
  }
}

extension ImagePreprocessing {
  /// The same preparation within a resolution, or as it is.
  package func limited(to resolution: Resolution?) -> ImagePreprocessing {
    var result = self
    if let resolution { result.tiling = tiling.limited(to: resolution) }
    return result
  }
}
