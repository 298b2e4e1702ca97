import Imaging
import Inference
import PlanFormat
import TestSupport
import Testing

/// What the tower saw of a picture, block by block.
@Suite struct ViewTests {
  @Test func `a square's view is the square itself`() throws {
    let folder = try TemporaryFolder()
    let session = try TinySession.open(in: folder)
    let picture = try session.prepareImage(at: folder.write(TinyPicture.png(seed: 1), to: "a.png"))
    let views = try session.views(of: picture)
    #expect(views.map(\.pixels) == [picture.overview])
    let grid = session.contents.model.vision.grid
    #expect(views.allSatisfy { $0.rows == grid && $0.columns == grid && $0.firstVisual == 0 })
  }

  @Test(arguments: FamilyGolden.all())
  func `every family shows a view for each block, with all tokens on it`(golden: FamilyGolden) throws {
    let folder = try TemporaryFolder()
    let session = try Session(try Plan(contentsOf: try golden.plan(in: folder)), threads: 1)
    for name in ["square.png", "wide.png", "tall.png", "tiny.png"] {
      let path = golden.picture(name)
      let picture = try session.prepareImage(at: path)
      let views = try session.views(of: picture)
      let tokens = try session.encode(picture)
      let blocks = tokens.arrangement.blocks
      #expect(views.count == blocks.count)
      var first = 0
      for (view, block) in zip(views, blocks) {
        #expect(view.firstVisual == first + block.leading)
        #expect(view.rows == block.rows && view.columns == block.columns)
        // Tokens are about square on the picture: nothing was cropped otherwise than the tokens were.
        let cell = (
          width: Double(view.pixels.width) / Double(view.columns),
          height: Double(view.pixels.height) / Double(view.rows)
        )
        #expect(cell.width / cell.height > 0.75 && cell.width / cell.height < 1.33, "\(path): \(cell)")
        first += block.count
      }
    }
  }
}
