import Plan
import PlanFile
import PlanWriting
import Testing
import TestSupport
import TinyPlans

@Suite(.endsWithin(minutes: 1)) struct RoundTrips {
  @Test(arguments: WeightFormat.allCases)
  func whatIsWrittenIsRead(format: WeightFormat) throws {
    let scratch = Scratch()
    let contents = TinyPlan.contents(format)
    try PlanWriter.write(contents, weights: CountingWeights(), to: scratch.file())
    let plan = try Plan(contentsOf: scratch.file(), verifying: .everything)
    #expect(plan.contents == contents)
    #expect(plan.weights.names == contents.model.weights.map(\.name))
    #expect(scratch.names == ["plan.h5"])
    let embedding = try #require(plan.weights.tensor("text/embedding"))
    #expect(embedding.shape == [10, 8])
    #expect(embedding.format == format)
    // 10 rows of 8 are one panel: four pairs, or scales and two quads, or one block of 64 elements.
    let bytes: [WeightFormat: Int] = [.float32: 80 * 4, .bfloat16: 4 * 64, .int8: 3 * 64, .int4: 9 * 64]
    #expect(embedding.bytes.count == bytes[format])
    #expect((embedding.relativeError != nil) == format.hasPanels)
  }

  @Test func tensorsLieNaturallyAligned() throws {
    let scratch = Scratch()
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file())
    let plan = try Plan(contentsOf: scratch.file())
    for name in plan.weights.names {
      let tensor = try #require(plan.weights.tensor(name))
      let values = tensor.bytes.bindMemory(to: Float.self)
      #expect(values.elementsEqual((0..<values.count).map(Float.init)), "\(name)")
    }
  }

  @Test func theSameInputsGiveTheSameBytes() throws {
    let scratch = Scratch()
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file("a"))
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file("b"))
    #expect(readBytes(scratch.file("a")) == readBytes(scratch.file("b")))
  }

  @Test(arguments: WeightFormat.allCases) func aPlanIsTheSourceOfTheNext(format: WeightFormat) throws {
    let scratch = Scratch()
    var contents = TinyPlan.contents(format)
    let calibration = contents.calibration
    let points = contents.points
    contents.calibration = nil
    contents.points = []
    try PlanWriter.write(contents, weights: CountingWeights(), to: scratch.file())
    let imported = try Plan(contentsOf: scratch.file())
    #expect(imported.contents.calibration == nil)
    contents.calibration = calibration
    contents.points = points
    try PlanWriter.write(contents, weights: imported.weights, to: scratch.file())
    let calibrated = try Plan(contentsOf: scratch.file(), verifying: .everything)
    #expect(calibrated.contents == contents)
    #expect(calibrated.weightsDigest == imported.weightsDigest)
    #expect(calibrated.contentsDigest != imported.contentsDigest)
    try imported.verify()
  }

  @Test func denseIsAlwaysThere() throws {
    let scratch = Scratch()
    var contents = TinyPlan.contents()
    contents.points = contents.points.filter { $0.name != "dense" }
    try PlanWriter.write(contents, weights: CountingWeights(), to: scratch.file())
    let plan = try Plan(contentsOf: scratch.file())
    #expect(try plan.point(named: "dense").settings.isDense)
    #expect(try plan.point(named: "fast") == contents.points[1])
    let error = #expect(throws: PlanError.self) { try plan.point(named: "quick") }
    #expect(error?.reason == "no operating point 'quick'; there are dense, quality, fast")
  }
}
