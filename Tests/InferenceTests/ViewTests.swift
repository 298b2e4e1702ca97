import Imaging
import Inference
import Plan
import PlanFile
import Testing
import TestSupport

/// What the tower saw of a picture, block by block.
@Suite(.endsWithin(minutes: 1)) struct ViewTests {
  @Test func `a square's view is the square itself`() throws {
    let folder = try TemporaryFolder()
    let context = try TinyContext.open(in: folder)
    let picture = try context.model.prepareImage(at: folder.write(TinyPicture.png(seed: 1), to: "a.png"))
    let views = try context.model.views(of: picture)
    #expect(views.map(\.pixels) == [picture.overview])
    let grid = context.model.contents.model.vision.grid
    #expect(views.allSatisfy { $0.rows == grid && $0.columns == grid && $0.firstVisual == 0 })
  }

  @Test(arguments: FamilyGolden.all())
  func `every family shows a view for each block, with all tokens on it`(golden: FamilyGolden) throws {
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    for name in ["square.png", "wide.png", "tall.png", "tiny.png"] {
      let path = golden.picture(name)
      let picture = try context.model.prepareImage(at: path)
      let views = try context.model.views(of: picture)
      let tokens = try context.encode(picture)
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
