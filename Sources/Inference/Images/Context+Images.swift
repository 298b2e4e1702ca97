import Compute
public import Imaging
import Models
import Plan

extension Context {
  /// Visual tokens of a prepared picture, in the order in which the prompt has them. Throws where the run is cancelled.
  public func encode(_ picture: PreparedImage) throws -> ImageTokens {
    let arrangement = try ImageArranger(model.contents, model.tokenizer).arrange(picture)
    let overview = try picture.overview.map { try encodeTile($0) }
    let whole = [overview].compactMap { $0 }
    if arrangement.blocks.count == whole.count {
      return ImageTokens(arrangement: arrangement, features: whole.map { FrozenMatrix(takingOver: $0) })
    }
    var tiles = try picture.tiles.map { try encodeTile($0) }
    switch model.contents.image.arrangement {
    case .tilesThenOverview: tiles += whole
    case .overviewThenCanvas: tiles = whole + [TileCanvas(picture, model.contents).assemble(tiles)]
    }
    return ImageTokens(arrangement: arrangement, features: tiles.map { FrozenMatrix(takingOver: $0) })
  }

  /// Visual tokens of one tile, `[n x width]`.
  private func encodeTile(_ tile: RGBImage) throws(InferenceError) -> MatrixView {
    let side = model.description.vision.patchSize
    let features = try model.tower.encode(
      pixels: tile.pixels, height: tile.height, width: tile.width, workers
    ) { () throws(InferenceError) in try cancellation.check() }
    return model.projector.project(
      features, grid: PatchGrid(rows: tile.height / side, columns: tile.width / side), workers)
  }
}
