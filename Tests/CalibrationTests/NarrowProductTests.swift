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

/// Which products take activations of 7 bits.
@Suite(.endsWithin(minutes: 1)) struct NarrowProductTests {
  private let folder: TemporaryFolder
  private let set: SampleSet

  init() throws {
    folder = try TemporaryFolder()
    set = try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: 2))
  }

  @Test func `everything is tried, and all of it is taken where nothing is too much`() throws {
    let context = try context { _ in }
    let (narrow, harm) = try search(context, upTo: .infinity)
    #expect(narrow == context.model.description.products)
    #expect(harm.products.map(\.name) == narrow)
    // Rounding changes something, and agreement is a share.
    #expect(harm.products.contains { $0.divergence > 0 } && harm.chosen.divergence > 0)
    #expect((harm.products + [harm.chosen]).allSatisfy { (0...1).contains($0.agreement) })
  }

  @Test func `what is chosen loses no more than is allowed, together`() throws {
    let context = try context { _ in }
    let all = try search(context, upTo: .infinity)
    for share in [0.1, 0.5, 0.9] {
      let limit = share * all.harm.chosen.divergence
      let (narrow, harm) = try search(context, upTo: limit)
      #expect(harm.chosen.divergence <= limit)
      let taken = harm.products.filter { narrow.contains($0.name) }.map(\.divergence).max() ?? 0
      #expect(harm.products.allSatisfy { narrow.contains($0.name) || $0.divergence >= taken })
    }
  }

  @Test func `nothing is taken where nothing may be lost, unless it loses nothing`() throws {
    let (narrow, harm) = try search(context { _ in }, upTo: 0)
    #expect(harm.products.allSatisfy { !narrow.contains($0.name) || $0.divergence == 0 })
  }

  @Test func `only products of int8 weights are tried`() throws {
    var contents = TinyContext.contents
    contents.weightFormat = .bfloat16
    #expect(NarrowProductSearch.candidates(of: contents).isEmpty)
    for layer in 0..<4 { contents.weightOverrides[TextModel.layerWeight(layer, "down")] = .int8 }
    #expect(NarrowProductSearch.candidates(of: contents) == ["text/down"])
    contents.weightOverrides[TextModel.layerWeight(3, "down")] = nil
    #expect(NarrowProductSearch.candidates(of: contents).isEmpty)
  }

  @Test func `a plan with narrow products answers as its model does`() throws {
    let products = ["vision/up", "text/gate_up", "text/down"]
    let context = try context { _ in }
    let narrowed = try #require(try context.model.narrowing(products))
    let stored = try self.context { $0.narrowProducts = products }
    #expect(try logits(Context(narrowed, threads: 1)) == logits(stored))
    #expect(try logits(stored) != logits(context))
  }

  private func context(_ change: (inout PlanContents) -> Void) throws -> Context {
    var contents = TinyContext.contents
    contents.weightFormat = .int8
    change(&contents)
    let path = folder.file("plan-\(contents.narrowProducts.count).h5")
    try PlanWriter.write(contents, weights: RandomWeights(seed: 1), to: path)
    return Context(try Model(Plan(contentsOf: path)), threads: 1)
  }

  private func search(
    _ context: Context, upTo limit: Double
  ) throws -> (narrow: [String], harm: NarrowProductHarm) {
    try NarrowProductSearch(context, options: CalibrationOptions())
      .search(set, upTo: limit, share: .ranks(SoleRank()), reporter: SilentProgress())
  }

  private func logits(_ context: Context) throws -> [Float] {
    let prompt = try SampleRunner(context, maxTokens: 1).prompt(set.samples[0])
    let result = try context.prefill(prompt, schedule: Schedule(layers: 4))
    return context.logits(of: result, rows: 0..<result.rows.count).elements
  }
}
