import Compute
public import Imaging
import Models
public import Plan

extension Context {
  /// Visual tokens of a picture that was prepared at the settings of an operating point, in the order in which the prompt
  /// has them. Throws where the run is cancelled.
  public func encode(_ picture: PreparedImage, at settings: PictureSettings = .dense) throws -> ImageTokens {
    var arrangement = try model.arrangement(of: picture, at: settings)
    let overview = try picture.overview.map { try encodeTile($0, keeping: picture.keptGroups, settings) }
    let whole = [overview].compactMap { $0 }
    var blocks = whole
    if arrangement.blocks.count > whole.count {
      var isLeftOut = Array(repeating: false, count: picture.tiles.count)
      for tile in picture.leftOutTiles { isLeftOut[tile] = true }
      let tiles = try zip(picture.tiles, isLeftOut).map { tile, isLeftOut in
        try isLeftOut ? .nothing(width: model.text.width) : encodeTile(tile, keeping: nil, settings)
      }
      switch model.contents.image.arrangement {
      case .tilesThenOverview: blocks = tiles + whole
      case .overviewThenCanvas: blocks = whole + [TileCanvas(picture, model.contents).assemble(tiles)]
      }
    }
    for (index, block) in blocks.enumerated() { arrangement.blocks[index].places = block.places }
    return ImageTokens(
      arrangement: arrangement, features: blocks.map { FrozenMatrix(takingOver: $0.tokens) })
  }

  /// Visual tokens of one input of the tower.
  private func encodeTile(
    _ tile: RGBImage, keeping keptGroups: [Bool]?, _ settings: PictureSettings
  ) throws(InferenceError) -> PlacedTokens {
    let merge = model.description.projector.merge
    let side = model.description.vision.patchSize
    let grid = PatchGrid(rows: tile.height / side, columns: tile.width / side)
    let features = try model.tower.encode(
      pixels: tile.pixels, height: tile.height, width: tile.width,
      keeping: keptGroups.map { grid.patches(ofGroups: $0, by: merge) }, at: settings, merge: merge, workers
    ) { () throws(InferenceError) in try cancellation.check() }
    let isPartial = features.isPartial && !model.description.vision.dropsFirstPatch
    let (tokens, places) = model.projector.project(features, workers)
    return PlacedTokens(tokens: tokens, places: isPartial ? places : nil)
  }
}

/// Visual tokens of one grid, and the places of the grid that have one.
struct PlacedTokens {
  /// `[leading + places x width]`
  let tokens: MatrixView
  /// Places with a token, ascending; `nil` for all of them.
  let places: [Int]?

  /// A grid none of whose places has a token.
  static func nothing(width: Int) -> PlacedTokens {
    PlacedTokens(tokens: MatrixView(rows: 0, columns: width), places: [])
  }
}
