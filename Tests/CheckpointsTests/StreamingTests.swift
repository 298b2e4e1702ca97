import Checkpoints
import Foundation
import Plan
import PlanFile
import Testing
import TestSupport

/// How a checkpoint flows into a plan.
@Suite(.endsWithin(minutes: 2)) struct StreamingTests {
  @Test(arguments: ["internvl/llama", "llava/clip-llama"])
  func `both stages report every byte, in order`(name: String) throws {
    let folder = try TemporaryFolder()
    let checkpoint = try FamilyGolden(name).checkpoint(in: folder)
    var stages: [(stage: CheckpointImporter.Stage, bytes: [Int], total: Int)] = []
    try CheckpointImporter.importModel(at: checkpoint, weightFormat: .float32, to: folder.file("plan.h5")) {
      (stage, bytes, total) throws(PlanError) in
      if stage == .preparing { return }
      if stages.last?.stage != stage { stages.append((stage, [], total)) }
      stages[stages.count - 1].bytes.append(bytes)
    }
    #expect(stages.map(\.stage) == [.reading, .writing])
    for stage in stages { #expect(stage.bytes == stage.bytes.sorted() && stage.bytes.last == stage.total) }
    let weights = try Plan(contentsOf: folder.file("plan.h5")).weights
    #expect(stages.last?.total == weights.byteCount)
  }

  @Test(arguments: [CheckpointImporter.Stage.preparing, .reading, .writing])
  func `an import that is stopped leaves nothing behind, and an old plan as it was`(
    stage: CheckpointImporter.Stage
  ) throws {
    let folder = try TemporaryFolder()
    let checkpoint = try FamilyGolden("qwen2_vl/flat").checkpoint(in: folder)
    let plan = try folder.write("the old plan", to: "plan.h5")
    let error = #expect(throws: CheckpointError.self) {
      try CheckpointImporter.importModel(at: checkpoint, weightFormat: .bfloat16, to: plan) {
        (current, bytes, total) throws(PlanError) in
        if current == stage, bytes >= total / 2 { throw PlanError(file: "", reason: "enough") }
      }
    }
    #expect(error?.reason.hasPrefix("enough") ?? false)
    #expect(try String(contentsOfFile: plan, encoding: .utf8) == "the old plan")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["checkpoint", "plan.h5"])
  }

  @Test(arguments: [WeightFormat.float32, .bfloat16])
  func `weights of a format that the source has are its bytes, others the nearest values`(
    format: WeightFormat
  ) throws {
    for name in ["llava/clip-llama", "internvl/qk-norm-rms", "internvl/llama"] {
      let folder = try TemporaryFolder()
      let plan = try Plan(contentsOf: FamilyGolden(name).plan(in: folder, weights: format))
      let other = try TemporaryFolder()
      let wide = try Plan(contentsOf: FamilyGolden(name).plan(in: other, weights: .float32))
      for tensor in plan.contents.model.weights {
        let stored = try #require(plan.weights.tensor(tensor.name))
        let exact = try #require(wide.weights.tensor(tensor.name)).bytes.bindMemory(to: Float.self)
        for (index, value) in exact.enumerated() {
          let own =
            stored.format == .float32
            ? stored.bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            : bfloat16Element(index, of: stored, tensor)
          guard abs(own - value) <= abs(value) * 0x1p-8 else {
            Issue.record("\(name) \(tensor.name) \(index): \(own), not \(value)")
            break
          }
        }
      }
    }
  }

  /// Element `index` of the flattened matrix, taken out of its panel.
  private func bfloat16Element(
    _ index: Int, of stored: StoredTensor, _ tensor: WeightSpecification
  ) -> Float {
    let (row, column) = index.quotientAndRemainder(dividingBy: tensor.shape[1])
    let (output, input) = tensor.isNeuronMajor ? (column, row) : (row, column)
    let depth = tensor.shape[tensor.isNeuronMajor ? 0 : 1]
    let offset = output / 16 * ((depth + 1) / 2 * 64) + input / 2 * 64 + output % 16 * 4 + input % 2 * 2
    return Float(
      bitPattern: UInt32(stored.bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) << 16)
  }
}
