import Testing
import TestSupport
import TinyPlans

@testable import Plan
@testable import PlanFile

/// Shapes that pass one by one and would trap together.
@Suite(.endsWithin(minutes: 1)) struct ImageShapeTests {
  private func problem(_ change: (inout PlanContents) -> Void) -> String? {
    var contents = TinyPlan.contents()
    contents.calibration = nil
    contents.points = []
    contents.front = []
    change(&contents)
    do throws(Flaw) {
      try contents.validate()
      return nil
    } catch { return error.reason }
  }

  @Test func `the tiny plan is well`() { #expect(problem { _ in } == nil) }

  @Test func `a canvas needs tiles that are whole grids of tokens`() {
    func canvas(_ change: (inout PlanContents) -> Void) -> String? {
      problem {
        $0.image.arrangement = .overviewThenCanvas
        ($0.model.vision.classToken, $0.model.vision.dropsFirstToken) = (true, true)
        $0.model.projector.merge = 1
        change(&$0)
      }
    }
    #expect(canvas { _ in } == nil)
    for change in [{ $0.dropsFirstToken = false }, { $0.classToken = false }] as [(inout VisionModel) -> Void]
    {
      #expect(canvas { change(&$0.model.vision) }?.contains("canvas") == true)
    }
    // Tokens of several patches are a grid, too.
    #expect(canvas { $0.model.projector.merge = $0.model.vision.grid } == nil)
  }

  @Test func `a first patch is dropped only from grids of several rows without windows`() {
    func dropping(_ change: (inout VisionModel) -> Void) -> String? {
      problem {
        ($0.model.vision.classToken, $0.model.vision.dropsFirstToken) = (false, true)
        $0.model.projector.merge = 1
        change(&$0.model.vision)
      }
    }
    #expect(dropping { _ in } == nil)
    #expect(dropping { $0.window = 1 } == "drops its first token, which is a patch of a window")
    #expect(
      dropping { $0.patchSize = $0.imageSize } == "drops its first token, which is a patch of a single row")
  }
}
