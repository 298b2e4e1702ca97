import Plan
import PlanFile
import PlanWriting
import Testing
import TestSupport
import TinyPlans

/// Points by the time they take.
@Suite(.endsWithin(minutes: 1)) struct PointChoiceTests {
  @Test func `the point with the least harm within a time is taken, from all that was measured`() throws {
    let plan = try plan(named: [("quality", 0.001, 3), ("fast", 0.03, 1.2)], front: [("front-1", 0.01, 2)])
    for (seconds, name) in [
      (10, "quality"), (3.5, "quality"), (3, "front-1"), (2.5, "front-1"), (1.8, "fast"),
    ] {
      #expect(try plan.point(firstTokenWithin: seconds).name == name)
    }
  }

  @Test func `a time that none keeps, and a plan without times, are one line`() throws {
    let plan = try plan(named: [("quality", 0.001, 3)], front: [])
    let error = #expect(throws: PlanError.self) { try plan.point(firstTokenWithin: 1) }
    #expect(error?.reason == "has no point that answers within 1.00 s; the fastest takes 3.50 s")
    let bare = try self.plan(named: [], front: [])
    #expect(throws: PlanError.self) { try bare.point(firstTokenWithin: 1) }
  }

  /// Names, divergences and seconds of prefill; half a second goes to the picture.
  private func plan(
    named: [(String, Double, Double)], front: [(String, Double, Double)]
  ) throws -> Plan {
    func points(_ list: [(String, Double, Double)]) -> [OperatingPoint] {
      list.map { name, divergence, prefill in
        var figures = MeasuredFigures()
        (figures.divergence, figures.imageSeconds, figures.prefillSeconds) = (divergence, 0.5, prefill)
        return OperatingPoint(name: name, settings: .dense, figures: figures)
      }
    }
    let scratch = Scratch()
    var contents = TinyPlan.contents()
    contents.points = points(named)
    contents.front = points(front)
    try PlanWriter.write(contents, weights: CountingWeights(), to: scratch.file())
    return try Plan(contentsOf: scratch.file())
  }
}
