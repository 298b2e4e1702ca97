public import Imaging
import Models
import Plan

extension Model {
  /// What the tower saw of a prepared picture, a view for each block of its arrangement: the pixels under the block's
  /// grid of tokens, whatever was cropped, padded or cut away before.
  public func views(of picture: PreparedImage) throws -> [BlockView] {
    var whole = picture
    (whole.tileCounts, whole.overviewCounts) = (nil, nil)
    let arrangement = try arrangement(of: whole)
    var pictures = [picture.overview].compactMap { $0 }
    if arrangement.blocks.count > pictures.count {
      switch contents.image.arrangement {
      case .tilesThenOverview: pictures = picture.tiles + pictures
      case .overviewThenTiles: pictures += picture.tiles
      case .overviewThenCanvas: pictures.append(TileCanvas(picture, contents).mosaic(of: picture.tiles))
      }
    }
    var first = 0
    return zip(arrangement.blocks, pictures).map { block, pixels in
      defer { first += block.count }
      // A dropped first patch takes its row along: what it leaves of it has no place on the grid.
      let missing = contents.model.vision.dropsFirstPatch ? 1 : 0
      let top = missing * pixels.height / (block.rows + missing)
      return BlockView(
        pixels: pixels.cropped(columns: 0..<pixels.width, rows: top..<pixels.height), rows: block.rows,
        columns: block.columns, firstVisual: first + block.leading)
    }
  }
}

/// The pixels that one block of visual tokens shows.
public struct BlockView: Sendable {
  /// The pixels, as the tower saw them.
  public let pixels: RGBImage
  /// Rows of the grid of tokens.
  public let rows: Int
  /// Columns of the grid of tokens.
  public let columns: Int
  /// Number of the grid's first visual token within its picture; the others follow row by row.
  public let firstVisual: Int
}
