import Evaluation
import Foundation
import Inference
import Plan
import PlanFile
import Testing
import TestSupport

@testable import Calibration

/// The same set, model and options give the same calibration, however many threads there are.
@Suite(.endsWithin(minutes: 5)) struct CalibrationDeterminismTests {
  @Test(arguments: [2, 3, 8]) func `threads change no bit of a calibration`(threads: Int) throws {
    let folder = try TemporaryFolder()
    let plan = try Plan(contentsOf: try ReferencePlan.plan(.bfloat16, in: folder))
    let set = try SampleSet(
      contentsOf: ReferencePlan.scenes.appendingPathComponent("calibration.jsonl").path)
    var options = CalibrationOptions()
    (options.limit, options.rankingLimit, options.maxTokens) = (2, 1, 6)
    options.keepRatios = [0.25]
    options.pruneLayers = [1]
    func record(_ threads: Int) throws -> CalibrationRecord {
      try Calibrator(Context(try Model(plan), threads: threads), options: options).calibrate(
        set, weightsDigest: "", resuming: false, reporter: SilentProgress())
    }
    // Equal but for NaN, which is in both where no answer is long.
    #expect("\(try record(threads))" == "\(try record(1))")
  }
}
