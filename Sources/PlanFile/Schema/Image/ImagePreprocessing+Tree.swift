import Plan

/// `/image`.
private let path = "/image"

extension TreeBuilder {
  mutating func add(_ image: ImagePreprocessing) {
    var attributes = AttributeSet()
    attributes.put(image)
    attributes.put(image.markup)
    attributes.put("tiling", image.tiling.kind)
    switch image.tiling {
    case .single(let tile): attributes.put(tile)
    case .anyResolution(let tiling):
      attributes.put(tiling)
      attributes.put(tiling.tile)
    case .canvas(let tiling): attributes.put(tiling)
    case .split(let tiling): attributes.put(tiling)
    case .native(let resolution): attributes.put(resolution)
    case .crops(let tiling): attributes.put(tiling)
    case .slices(let tiling): attributes.put(tiling)
    case .nativeTiles(let tiling):
      attributes.put(tiling)
      attributes.put(tiling.resolution)
    }
    group(path, "decode to RGB, resize and cut into tiles, normalise", attributes)
  }
}

extension ImagePreprocessing {
  init(from reader: inout TreeReader) throws(Flaw) {
    self = try reader.group(path) { (attributes) throws(Flaw) in
      var image: ImagePreprocessing = try attributes.take(of: path)
      image.markup = try attributes.take(of: path)
      let kind: ImageTiling.Kind = try attributes.take("tiling", of: path)
      switch kind {
      case .single: image.tiling = .single(try attributes.take(of: path))
      case .anyResolution:
        var tiling: AnyResolutionTiling = try attributes.take(of: path)
        tiling.tile = try attributes.take(of: path)
        image.tiling = .anyResolution(tiling)
      case .canvas: image.tiling = .canvas(try attributes.take(of: path))
      case .split: image.tiling = .split(try attributes.take(of: path))
      case .native: image.tiling = .native(try attributes.take(of: path))
      case .crops: image.tiling = .crops(try attributes.take(of: path))
      case .slices: image.tiling = .slices(try attributes.take(of: path))
      case .nativeTiles:
        var tiling: NativeTiling = try attributes.take(of: path)
        tiling.resolution = try attributes.take(of: path)
        image.tiling = .nativeTiles(tiling)
      }
      return image
    }
  }
}

extension ImageTiling {
  /// Names of the ways in the file.
  enum Kind: String, AttributeConvertible {
    case single, canvas, split, native, crops, slices
    case anyResolution = "any_resolution"
    case nativeTiles = "native_tiles"
  }

  var kind: Kind {
    switch self {
    case .single: .single
    case .anyResolution: .anyResolution
    case .canvas: .canvas
    case .split: .split
    case .native: .native
    case .nativeTiles: .nativeTiles
    case .crops: .crops
    case .slices: .slices
    }
  }
}

extension ImagePreprocessing.Filter: AttributeConvertible {}
extension ImagePreprocessing.Resampler: AttributeConvertible {}
extension ImagePreprocessing.Arrangement: AttributeConvertible {}

extension ImagePreprocessing: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("filter", \.filter), .init("mean", \.mean), .init("deviation", \.deviation),
      .init("rescale", \.rescale), .init("arrangement", \.arrangement),
      .init("canvas_tiles", \.canvasTiles), .init("resampler", \.resampler, since: 3),
    ]
  }
}

extension TileShape: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("side", \.side), .init("shortest_edge", \.shortestEdge), .init("pads_to_square", \.padsToSquare),
    ]
  }
}

extension AnyResolutionTiling: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("overview", \.overview), .init("resolutions", \.resolutions),
      .init("squares_several", \.squaresSeveral),
    ]
  }
}

extension CanvasTiling: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("side", \.side), .init("minimum_tiles", \.minimumTiles),
      .init("maximum_tiles", \.maximumTiles),
    ]
  }
}

extension SplitTiling: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [.init("side", \.side), .init("longest_edge", \.longestEdge), .init("splits", \.splits)]
  }
}

extension NativeResolution.Rule: AttributeConvertible {}

extension NativeResolution: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("unit", \.unit), .init("minimum_pixels", \.minimumPixels),
      .init("maximum_pixels", \.maximumPixels), .init("rule", \.rule, since: 4),
      .init("longest_edge", \.longestEdge, since: 4),
    ]
  }
}

extension CropTiling: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("side", \.side), .init("minimum_crop", \.minimumCrop),
      .init("maximum_crops", \.maximumCrops), .init("crop_ratio", \.ratio),
    ]
  }
}

extension NativeTiling: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("side", \.side), .init("minimum_tiles", \.minimumTiles),
      .init("maximum_tiles", \.maximumTiles), .init("tolerance", \.tolerance),
      .init("has_overview", \.hasOverview),
    ]
  }
}

extension SliceTiling: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [.init("unit", \.unit), .init("side", \.side), .init("maximum_tiles", \.maximumTiles)]
  }
}

extension ImageMarkup: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("opening", \.opening), .init("alone", \.alone), .init("before_tile", \.beforeTile),
      .init("after_row", \.afterRow), .init("before_overview", \.beforeOverview),
      .init("after_overview", \.afterOverview, since: 3),
      .init("between_tiles", \.betweenTiles, since: 3),
      .init("between_rows", \.betweenRows, since: 4), .init("closing", \.closing),
      .init("label", \.label, since: 4), .init("after_alone", \.afterAlone, since: 4),
      .init("after_tile", \.afterTile, since: 4),
    ]
  }
}
