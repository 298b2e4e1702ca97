import Compute
import Foundation
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport

/// What rounding the reference model's weights and activations does to its answers.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 10)) struct QuantizationTests {
  @Test(arguments: [(WeightFormat.bfloat16, 0.002), (.int8, 0.01), (.int4, 0.2)])
  func `a plan answers like the plan it rounds`(format: WeightFormat, bound: Double) throws {
    let folder = try TemporaryFolder()
    let exact = Context(try Model(Plan(contentsOf: ReferencePlan.path())), threads: 1)
    let rounded = Context(try Model(Plan(contentsOf: try ReferencePlan.plan(format, in: folder))), threads: 1)
    var divergences: [Double] = []
    for number in ["000", "003", "014", "020", "031"] {
      for prompt in ["What digit is purple?", "How many digits are there?", "Describe the image."] {
        let image = ReferencePlan.scenes.appendingPathComponent("images/test-\(number).jpg").path
        divergences.append(
          divergence(try firstLogits(exact, image, prompt), try firstLogits(rounded, image, prompt)))
      }
    }
    #expect(divergences.reduce(0, +) / Double(divergences.count) < bound, "\(divergences)")
    #expect(divergences.contains { $0 > 0 })
  }

  @Test(arguments: WeightFormat.allCases) func `the same question gives the same bits every time`(
    format: WeightFormat
  ) throws {
    let folder = try TemporaryFolder()
    let plan = try Plan(contentsOf: try ReferencePlan.plan(format, in: folder))
    let image = ReferencePlan.scenes.appendingPathComponent("images/test-014.jpg").path
    let runs = try (0..<4).map { _ in
      try firstLogits(Context(try Model(plan), threads: 2), image, "Describe the image.")
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
  }

  @Test func `the error of every tensor is in the plan`() throws {
    let folder = try TemporaryFolder()
    let weights = try Plan(contentsOf: try ReferencePlan.plan(.int8, in: folder)).weights
    for name in weights.names {
      let tensor = try #require(weights.tensor(name))
      #expect((tensor.relativeError != nil) == tensor.format.hasPanels, "\(name)")
      // Half a step of 1/127 of the largest, spread evenly, for elements that are a few times smaller.
      if let error = tensor.relativeError { #expect((0.001...0.03).contains(error), "\(name): \(error)") }
    }
  }

  private func firstLogits(_ context: Context, _ image: String, _ prompt: String) throws -> [Double] {
    let tokens = try context.encode(try context.model.prepareImage(at: image))
    let rows = try context.embed(try context.model.layout(prompt: prompt, images: 1), images: [tokens])
    let result = try context.prefill(
      rows, schedule: try context.model.schedule(.dense), PrefillRange(reserve: 1))
    let last = result.rows.count - 1
    return context.logits(of: result, rows: last..<last + 1).elements.map(Double.init)
  }

  /// KL(left || right) of the distributions.
  private func divergence(_ left: [Double], _ right: [Double]) -> Double {
    let (p, q) = (logDistribution(left), logDistribution(right))
    return zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
  }

  private func logDistribution(_ logits: [Double]) -> [Double] {
    let highest = logits.max() ?? 0
    let sum = logits.reduce(0) { $0 + exp($1 - highest) }
    return logits.map { $0 - highest - log(sum) }
  }
}
