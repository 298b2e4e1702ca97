import CAllocations
import Compute
import Foundation
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport

/// The memory of a decoding step is that of the step before.
@Suite(.enabled(if: espalier_counts_allocations() != 0, "a sanitizer allocates"), .endsWithin(minutes: 5))
struct AllocationTests {
  @Test func `allocations are counted`() {
    let before = espalier_allocations()
    let array = Array(repeating: espalier_allocations(), count: 1000)
    #expect(espalier_allocations() > before && array.count == 1000)
  }

  @Test(arguments: WeightFormat.allCases, [1, 2])
  func `decoding allocates nothing`(format: WeightFormat, threads: Int) throws {
    let folder = try TemporaryFolder()
    let context = Context(
      try Model(Plan(contentsOf: try ReferencePlan.plan(format, in: folder))), threads: threads)
    let prompt = try context.embed(
      try context.model.layout(prompt: "Describe the image.", images: 1),
      images: [
        try context.encode(
          try context.model.prepareImage(
            at: ReferencePlan.scenes.appendingPathComponent("images/test-000.jpg").path))
      ])
    let prefill = try context.prefill(
      prompt, schedule: try context.model.schedule(.dense), PrefillRange(reserve: 32))
    var state = context.startDecoding(prefill.copy(reserve: 64))
    // The first steps find out how much scratch memory they need.
    for token in 0..<4 { context.decode(Int32(100 + token), &state) }
    let before = espalier_allocations()
    for token in 4..<24 { context.decode(Int32(100 + token), &state) }
    #expect(espalier_allocations() - before == 0)
  }

  @Test(arguments: [
    "qwen3_5/three-and-one", "lfm2_vl/cut", "gemma3/window", "gemma3/pattern", "gemma3/crops",
    "gemma4/shared",
  ])
  func `nor does a decoder with convolutions, windows or delta rules`(name: String) throws {
    let folder = try TemporaryFolder()
    let golden = try FamilyGolden(name)
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let prompt = try context.embed(
      PromptLayout(parts: (0..<12).map { .token($0) }), images: [])
    let prefill = try context.prefill(
      prompt, schedule: try context.model.schedule(.dense), PrefillRange(reserve: 32))
    var state = context.startDecoding(prefill)
    for token in 0..<4 { context.decode(Int32(100 + token), &state) }
    let before = espalier_allocations()
    for token in 4..<24 { context.decode(Int32(100 + token), &state) }
    #expect(espalier_allocations() - before == 0)
  }

  @Test(arguments: WeightFormat.allCases)
  func `sharing a product or attention among threads allocates nothing`(format: WeightFormat) {
    let workers = Workers(count: 2)
    let plain = randomMatrix(1024, 1024, seed: 1)
    let encoding = PanelEncoding.all.first { $0.format == format }
    let weight = encoding.map { panels($0, plain) } ?? WeightMatrix(plain)
    let neurons = encoding.map { neuronPanels($0, plain) } ?? WeightMatrix(plain)
    let (input, output) = (randomMatrix(1, 1024, seed: 2), MatrixView(rows: 1, columns: 1024))
    let attention = Attention(queryHeads: 16, keyValueHeads: 4, headWidth: 64)
    let entries = KeyValuePanels(heads: 4, headWidth: 64, capacity: 600)
    entries.store(
      keys: randomMatrix(600, 256, seed: 3), values: randomMatrix(600, 256, seed: 4), at: 0, workers)
    func step() {
      weight.multiply(input, into: output, workers)
      weight.multiply(input, into: output, accumulating: true, workers)
      neurons.multiplyNeurons(input, into: output, accumulating: true, workers)
      attention.attend(
        queries: input, to: .panels(entries), keyCount: 600, mask: .causal(firstQuery: 599), into: output,
        workers)
    }
    // Either thread may take a part for the first time in any of the first steps.
    for _ in 0..<50 { step() }
    let before = espalier_allocations()
    for _ in 0..<50 { step() }
    #expect(espalier_allocations() - before == 0)
  }
}
