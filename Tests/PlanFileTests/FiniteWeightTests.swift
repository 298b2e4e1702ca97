import Compute
import Plan
import PlanFile
import PlanWriting
import TestSupport
import Testing
import TinyPlans

/// Weights of 1 but for one element.
private struct OneOddWeight: WeightSource {
  var name: String
  var index: [Int]
  var value: Float

  func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    var values = Array(repeating: Float(1), count: tensor.shape.reduce(1, *))
    let columns = tensor.shape.count == 2 ? tensor.shape[1] : 1
    if tensor.name == name { values[index[0] * columns + (index.count > 1 ? index[1] : 0)] = value }
    guard format.hasPanels else {
      try sink(values.span.bytes)
      return nil
    }
    return try encode(values, tensor, format, into: sink)
  }

  private func encode(
    _ values: [Float], _ tensor: WeightSpecification, _ format: WeightFormat,
    into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    let outputs = tensor.isNeuronMajor ? columns : rows
    var encoder = format.panelEncoding.map { PanelEncoder($0, depth: rows * columns / outputs) }
    if tensor.isNeuronMajor {
      for column in 0..<columns {
        try encoder?.append((0..<rows).map { values[$0 * columns + column] }, into: sink)
      }
    } else {
      try encoder?.append(values, into: sink)
    }
    try encoder?.finish(into: sink)
    return encoder?.relativeError
  }
}

@Suite("A weight that is no number", .endsWithin(minutes: 1)) struct FiniteWeightTests {
  private static let matrix = "text/layers/01/gate_up"
  private static let neurons = "text/layers/01/down"

  /// A plan whose largest matrices have several panels.
  private static func contents(_ format: WeightFormat) -> PlanContents {
    var contents = TinyPlan.contents(format)
    contents.model.text.feedForwardWidth = 20
    (contents.calibration, contents.points) = (nil, [])
    return contents
  }

  /// Groups of integers have one scale, so that what is found is the first of the group.
  @Test(
    arguments: [
      (.float32, matrix, [3, 5], [3, 5]), (.float32, "text/final_norm", [4], [4]),
      (.bfloat16, matrix, [17, 6], [17, 6]), (.bfloat16, neurons, [9, 3], [9, 3]),
      (.int8, matrix, [17, 6], [17, 0]), (.int8, neurons, [9, 3], [0, 3]),
    ] as [(WeightFormat, String, [Int], [Int])])
  func `is found in a plan, with its place`(
    format: WeightFormat, name: String, index: [Int], found: [Int]
  ) throws {
    for value in [
      Float.infinity, -.infinity, format.panelEncoding == nil || format == .bfloat16 ? .nan : .infinity,
    ] {
      let scratch = Scratch()
      try PlanWriter.write(
        Self.contents(format), weights: OneOddWeight(name: name, index: index, value: value),
        to: scratch.file())
      let plan = try Plan(contentsOf: scratch.file())
      let error = #expect(throws: PlanError.self) { try plan.verifyNumbers() }
      #expect(error?.object == "/weights/\(name)")
      #expect(error?.reason == "the element at \(found) is not a finite number", "\(value)")
    }
  }

  @Test(arguments: WeightFormat.allCases) func `is not found where there is none`(format: WeightFormat) throws
  {
    let scratch = Scratch()
    try PlanWriter.write(
      Self.contents(format), weights: OneOddWeight(name: "", index: [], value: 0), to: scratch.file())
    try Plan(contentsOf: scratch.file()).verifyNumbers()
  }
}
