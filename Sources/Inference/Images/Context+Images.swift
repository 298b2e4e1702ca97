import Compute
public import Imaging
import Models
public import Plan

extension Context {
  /// Visual tokens of a picture that was prepared at the settings of an operating point, in the order in which the prompt
  /// has them. Throws where the run is cancelled.
  public func encode(_ picture: PreparedImage, at settings: PictureSettings = .dense) throws -> ImageTokens {
    var arrangement = try model.arrangement(of: picture, at: settings)
    let whole = picture.overview.map { [($0, picture.overviewCounts)] } ?? []
    var views = whole
    if arrangement.blocks.count > whole.count {
      let tiles = picture.tiles.indices.map { (picture.tiles[$0], picture.tileCounts?[$0]) }
      views = whole + tiles
    }
    let tokens = try encode(views.map { model.towerInput($0, counts: $1) }, settings)
    let counted = zip(tokens, views).map { $0.counted($1.1) }
    var blocks = Array(counted.prefix(whole.count))
    if views.count > whole.count {
      let tiles = Array(counted.dropFirst(whole.count))
      switch model.contents.image.arrangement {
      case .tilesThenOverview: blocks = tiles + blocks
      case .overviewThenTiles: blocks += tiles
      case .overviewThenCanvas: blocks += [TileCanvas(picture, model.contents).assemble(tiles)]
      }
    }
    for (index, block) in blocks.enumerated() {
      arrangement.blocks[index].places = block.places
      arrangement.blocks[index].counts = block.counts
    }
    return ImageTokens(
      arrangement: arrangement, features: blocks.map { FrozenMatrix(takingOver: $0.tokens) })
  }

  /// Visual tokens of each input of the tower; those that nothing of enters it have none.
  private func encode(
    _ inputs: [TowerInput], _ settings: PictureSettings
  ) throws(InferenceError) -> [PlacedTokens] {
    let description = model.description
    var result = inputs.map { _ in PlacedTokens.nothing(width: description.visualTokenWidth) }
    let seen = inputs.indices.filter { !inputs[$0].isEmpty }
    for range in TowerInput.batches(seen.map { inputs[$0] }, patchSize: description.vision.patchSize) {
      let batch = seen[range]
      let features = try model.tower.encode(
        batch.map { inputs[$0] }, at: settings, merge: description.projector.merge, workers
      ) { () throws(InferenceError) in try pause() }
      for (index, features) in zip(batch, features) {
        let isPartial = features.isPartial && !description.vision.dropsFirstPatch
        let (tokens, places) = model.projector.project(features, workers)
        result[index] = PlacedTokens(tokens: tokens, places: isPartial ? places : nil)
      }
    }
    return result
  }
}

extension Model {
  /// An input of the tower of whose groups of patches those with a count enter it; `nil` for all of them.
  fileprivate func towerInput(_ image: RGBImage, counts: [Int]?) -> TowerInput {
    let side = description.vision.patchSize
    let grid = PatchGrid(rows: image.height / side, columns: image.width / side)
    return TowerInput(
      pixels: image.pixels, height: image.height, width: image.width,
      counts: counts.map { grid.patches(ofGroups: $0, by: description.patchesPerToken) })
  }
}

/// Visual tokens of one grid, and the places of the grid that have one.
struct PlacedTokens {
  /// `[leading + places x width]`
  let tokens: MatrixView
  /// Places with a token, ascending; `nil` for all of them.
  var places: [Int]?
  /// How many places each of these stands for; `nil` for one each.
  var counts: [Int]?

  /// The same with what each group of patches stands for.
  func counted(_ groups: [Int]?) -> PlacedTokens {
    guard let groups, groups.contains(where: { $0 > 1 }) else { return self }
    var result = self
    result.counts = (places ?? Array(groups.indices)).map { groups[$0] }
    return result
  }

  /// A grid none of whose places has a token.
  static func nothing(width: Int) -> PlacedTokens {
    PlacedTokens(tokens: MatrixView(rows: 0, columns: width), places: [])
  }
}
