import Cluster
import Compute
import Evaluation
import Inference
import Models
import Plan
import PlanFile
import PlanWriting
import Testing
import TestSupport

@testable import Calibration

/// Neurons in the order of their strength on visual tokens.
@Suite(.endsWithin(minutes: 1)) struct NeuronOrderTests {
  private let folder: TemporaryFolder
  private let set: SampleSet

  init() throws {
    folder = try TemporaryFolder()
    set = try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: 2))
  }

  @Test(arguments: [WeightFormat.float32, .bfloat16, .int8])
  func `a plan in another order computes the same`(format: WeightFormat) throws {
    let plan = try plan(format)
    let reversed = reversed
    let other = try ordered(plan, reversed)
    let (left, right) = (try logits(plan), try logits(other))
    // Sums run in another order; activations of 8 bits round otherwise nowhere, as a row's are the same.
    #expect(largestDifference(left, right) < (format == .float32 ? 1e-4 : 2e-2))
    let names = plan.weights.names.filter { $0.hasSuffix("down") || $0.hasSuffix("gate_up") }
    for name in names {
      #expect(plan.weights.tensor(name)?.relativeError == other.weights.tensor(name)?.relativeError)
    }
  }

  @Test(arguments: [WeightFormat.float32, .bfloat16, .int8])
  func `turned twice it has the same bytes`(format: WeightFormat) throws {
    let plan = try plan(format)
    let reversed = reversed
    let back = try ordered(try ordered(plan, reversed), reversed)
    #expect(back.weightsDigest == plan.weightsDigest)
  }

  @Test func `the order is a permutation, and ordering again changes nothing`() throws {
    let plan = try plan(.float32)
    let order = try self.order(plan)
    let identity = NeuronOrder(
      decoder: order.decoder.map { $0.sorted() }, tower: order.tower.map { $0.sorted() })
    #expect(identity.decoder == Array(repeating: Array(0..<40), count: 4))
    #expect(identity.tower == Array(repeating: Array(0..<neurons), count: identity.tower.count))
    #expect(order.decoder != identity.decoder && order.tower != identity.tower)
    #expect(try self.order(ordered(plan, order)) == identity)
    #expect(order.after(identity) == order && identity.after(order) == order)
  }

  @Test func `four-bit neurons stay where they are`() throws {
    #expect(try !NeuronOrdering.applies(to: plan(.int4).contents))
    var mixed = TinyContext.contents
    mixed.weightFormat = .int4
    for layer in 0..<4 { mixed.weightOverrides[TextModel.layerWeight(layer, "down")] = .int8 }
    #expect(NeuronOrdering.applies(to: mixed))
  }

  @Test func `an order that an unfinished calibration of the plan has is not found again`() throws {
    let plan = try plan(.float32)
    let path = folder.file("state")
    func save(_ digest: String) throws {
      var state = CalibrationState(
        key: CalibrationState.Key(weights: "", samples: "", options: CalibrationOptions()))
      state.ordering = CalibrationState.Ordering(weights: digest, order: reversed)
      try state.save(path)
    }
    let found = try order(plan)
    #expect(try order(plan, statePath: path) == found, "there is none yet")
    try save(plan.weightsDigest)
    let reporter = RecordingProgress()
    #expect(try order(plan, statePath: path, reporter: reporter) == reversed && reporter.stages.isEmpty)
    try save("another")
    #expect(try order(plan, statePath: path) == found)
  }

  private var neurons: Int { TinyModel.description.vision.feedForwardWidth }

  /// Everything the other way round.
  private var reversed: NeuronOrder {
    NeuronOrder(
      decoder: Array(repeating: Array((0..<40).reversed()), count: 4),
      tower: Array(
        repeating: Array((0..<neurons).reversed()), count: TinyModel.description.vision.layers))
  }

  private func plan(_ format: WeightFormat) throws -> Plan {
    var contents = TinyContext.contents
    contents.weightFormat = format
    let path = folder.file("plan-\(format.rawValue).h5")
    try PlanWriter.write(contents, weights: RandomWeights(seed: 1), to: path)
    return try Plan(contentsOf: path)
  }

  private func ordered(_ plan: Plan, _ order: NeuronOrder) throws -> Plan {
    let path = folder.file("ordered-\(plan.weightsDigest.prefix(8)).h5")
    try PlanWriter.write(
      plan.contents, weights: OrderedWeights(plan.weights, order: order, workers: Workers(count: 1)), to: path
    )
    return try Plan(contentsOf: path)
  }

  private func order(
    _ plan: Plan, statePath: String? = nil, reporter: any ProgressReporter = SilentProgress()
  ) throws -> NeuronOrder {
    try NeuronOrdering(Context(try Model(plan), threads: 1), options: CalibrationOptions())
      .order(
        set, weightsDigest: plan.weightsDigest, share: .ranks(SoleRank()), statePath: statePath,
        reporter: reporter
      ).order
  }

  private func logits(_ plan: Plan) throws -> [Float] {
    let context = Context(try Model(plan), threads: 1)
    let prompt = try SampleRunner(context, maxTokens: 1).prompt(set.samples[0])
    let result = try context.prefill(prompt, schedule: Schedule(layers: 4))
    return context.logits(of: result, rows: 0..<result.rows.count).elements
  }
}
