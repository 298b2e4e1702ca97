import JSONReading
import Plan

extension ProcessorSettings {
  /// One tile: `CLIPImageProcessor`, `SiglipImageProcessor` and LLaVA's own.
  func singleTile() throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(["CLIP", "Llava", "Siglip", "LlavaNext", "LlavaOnevision"])
    let kind = try image.text("image_processor_type", default: "CLIPImageProcessor")
    let isSiglip = kind.hasPrefix("Siglip")
    var result = try preprocessing(isSiglip ? .half : .clip)
    var tile = try shape(
      size: isSiglip ? .sides(height: 224, width: 224) : .shortestEdge(224), crops: !isSiglip)
    tile.padsToSquare = try image.flag("do_pad", default: false)
    if tile.padsToSquare, !kind.hasPrefix("Llava") {
      throw image.error("do_pad", "is true, which \(kind) does not do")
    }
    result.tiling = .single(tile)
    return result
  }

  /// `size`, `do_center_crop` and `crop_size`.
  func shape(size standard: Settings.Size, crops: Bool) throws(CheckpointError) -> TileShape {
    var tile = TileShape()
    let size = try image.size("size", default: standard, isSquare: false)
    let isCropped = try image.flag("do_center_crop", default: crops)
    switch size {
    case .sides(let height, let width):
      guard height == width else { throw image.error("size", "is \(height) x \(width), expected a square") }
      tile.side = height
      if isCropped, image["crop_size"] != nil, try cropSide() != height {
        throw image.error("crop_size", "is another than size, which is not supported")
      }
    case .shortestEdge(let edge):
      tile.shortestEdge = edge
      guard isCropped else {
        guard tile.shortestEdge > 0, try image.flag("do_pad", default: false) else {
          throw image.error("do_center_crop", "is false, so that pictures are not square")
        }
        // A padded picture is square already.
        tile.side = edge
        return tile
      }
      tile.side = try cropSide()
    }
    return tile
  }

  private func cropSide() throws(CheckpointError) -> Int {
    switch try image.size("crop_size", default: .sides(height: 224, width: 224), isSquare: true) {
    case .sides(let height, let width):
      guard height == width else {
        throw image.error("crop_size", "is \(height) x \(width), expected a square")
      }
      return height
    case .shortestEdge(let side): return side
    }
  }

  /// An overview and tiles: LLaVA-NeXT's processor, or LLaVA-OneVision's where `isOneVision`.
  func anyResolution(
    _ config: Settings, isOneVision: Bool
  ) throws(CheckpointError) -> ImagePreprocessing {
    try demandKind(isOneVision ? ["LlavaOnevision"] : ["LlavaNext"])
    var result = try preprocessing(.clip)
    var tiling = AnyResolutionTiling()
    let standard: Settings.Size = isOneVision ? .sides(height: 384, width: 384) : .shortestEdge(224)
    tiling.tile = try anyResolutionTile(standard, isOneVision: isOneVision)
    let edge =
      switch try image.size("size", default: standard, isSquare: false) {
      case .sides(let height, _): height
      case .shortestEdge(let edge): edge
      }
    tiling.overview = [edge, edge]
    tiling.resolutions = try resolutions(image, isOneVision: isOneVision)
    let own = try resolutions(config, isOneVision: isOneVision)
    guard own == tiling.resolutions else {
      throw config.error("image_grid_pinpoints", "are others than the image processor's")
    }
    if isOneVision {
      result.canvasTiles = try maximumTiles(config)
      tiling.squaresSeveral = true
    }
    result.tiling = .anyResolution(tiling)
    result.arrangement = .overviewThenCanvas
    return result
  }

  /// Tiles are cut as squares of `crop_size`, or of `size` where there is none, before they get their size.
  private func anyResolutionTile(
    _ standard: Settings.Size, isOneVision: Bool
  ) throws(CheckpointError) -> TileShape {
    let isCropped = try image.flag("do_center_crop", default: !isOneVision)
    guard !isCropped,
      case .shortestEdge(let edge) = try image.size("size", default: standard, isSquare: false)
    else { return try shape(size: standard, crops: !isOneVision) }
    let cut = isOneVision && image["crop_size"] == nil ? edge : try cropSide()
    guard cut == edge else { throw image.error("crop_size", "is \(cut), tiles of \(edge) are asked for") }
    var tile = TileShape()
    tile.side = edge
    return tile
  }

  private func resolutions(_ settings: Settings, isOneVision: Bool) throws(CheckpointError) -> [Int] {
    let key = "image_grid_pinpoints"
    let pairs = try settings.array(key)
    if pairs.isEmpty {
      if !isOneVision { return [336, 672, 672, 336, 672, 672, 1008, 336, 336, 1008] }
      return (1...6).flatMap { row in (1...6).flatMap { [row * 384, $0 * 384] } }
    }
    var sides: [Int] = []
    for pair in pairs {
      guard case .array(let values) = pair, values.count == 2, case .integer(let height) = values[0],
        case .integer(let width) = values[1]
      else { throw settings.error(key, "has \(pair.summary), expected pairs of height and width") }
      sides += [height, width]
    }
    return sides
  }

  /// The number behind `anyres_max_`.
  private func maximumTiles(_ config: Settings) throws(CheckpointError) -> Int {
    let key = "vision_aspect_ratio"
    let text = try config.text(key, default: "anyres_max_9")
    guard text.hasPrefix("anyres_max_"), let number = Int(text.dropFirst("anyres_max_".count)), number > 0
    else {
      throw config.error(key, "is \"\(text)\", supported is \"anyres_max_\" and a number")
    }
    return number
  }
}
