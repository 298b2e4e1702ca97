import Inference
import Plan
import PlanFile
import TestSupport
import Testing

@testable import FuzzTargets

/// The plans that changes begin with are right and do everything that a plan may do.
@Suite("Plans that are changed", .endsWithin(minutes: 2)) struct PlanSampleTests {
  @Test(arguments: PlanSamples.all.indices) func `are accepted and answer at all their points`(index: Int)
    throws
  {
    let sample = PlanSamples.all[index]
    let plan = try Plan(sample.tree, in: sample.mapping, verifying: .everything)
    #expect(plan.contents == sample.contents)
    let model = try Model(plan)
    #expect(PlanUse(0).answer(model) == plan.contents.points.count + plan.contents.front.count)
  }

  @Test func `numbered cases are the same everywhere`() {
    #expect(CaseScript.bytes(seed: 1, number: 2) == CaseScript.bytes(seed: 1, number: 2))
    #expect(CaseScript.bytes(seed: 1, number: 2) != CaseScript.bytes(seed: 2, number: 2))
    let accepted = (0..<300).count { FuzzTarget.plan.read(CaseScript.bytes(seed: 1, number: $0)) }
    #expect((30...150).contains(accepted), "\(accepted) of 300")
  }
}
