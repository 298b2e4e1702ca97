import Foundation
import Plan
import PlanFile
import Testing
import TestSupport

/// Formats of weights and of the KV cache, as the programs take them.
@Suite(.endsWithin(minutes: 5)) struct WeightFormatTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `some matrices may be stored otherwise, and the plan says which`() throws {
    let plan = folder.file("mixed.h5")
    let result = try importReference(
      plan,
      [
        "--weights", "int4", "--tensor-weights", "text/layers/*/down=int8", "--tensor-weights",
        "text/e*=bf16",
      ]
    )
    #expect(result.status == 0, "\(result.errors)")
    let opened = try Plan(contentsOf: plan, verifying: .everything)
    #expect(opened.contents.weightFormat == .int4)
    #expect(opened.contents.weightOverrides.count == 13)
    #expect(opened.weights.tensor("text/layers/07/down")?.format == .int8)
    #expect(opened.weights.tensor("text/embedding")?.format == .bfloat16)
    #expect(opened.weights.tensor("text/layers/07/qkv")?.format == .int4)
    #expect(opened.weights.tensor("text/final_norm")?.format == .float32)
    let answer = try ask(plan, [])
    #expect(answer.status == 0 && !answer.output.isEmpty, "\(answer.errors)")
  }

  @Test func `a pattern that matches nothing is an error before anything is written`() throws {
    let plan = folder.file("none.h5")
    let result = try importReference(plan, ["--tensor-weights", "text/heads=int8"])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.contains("text/heads: matches no weight matrix"))
    #expect(!FileManager.default.fileExists(atPath: plan))
  }

  @Test func `products may round their activations to 7 bits, and the plan says which`() throws {
    let plan = folder.file("narrow.h5")
    let result = try importReference(
      plan, ["--weights", "int8", "--narrow-products", "text/gate_up,vision/qkv"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Plan(contentsOf: plan).contents.narrowProducts == ["vision/qkv", "text/gate_up"])
    let inspected = try Program.run("espalier", ["inspect", plan])
    #expect(inspected.output.contains("activations of 7 bits: vision/qkv, text/gate_up"))
    let answer = try ask(plan, [])
    #expect(answer.status == 0 && !answer.output.isEmpty, "\(answer.errors)")
  }

  @Test(
    arguments: [
      (["--weights", "int8", "--narrow-products", "text/gates"], "text/gates: is no product"),
      (["--weights", "bf16", "--narrow-products", "text/qkv"], "text/qkv: is no product"),
      (["--weights", "bf16", "--narrow-products", "all"], "no weights are int8"),
    ])
  func `a product that cannot be narrowed is an error before anything is written`(
    words: [String], reason: String
  ) throws {
    let plan = folder.file("none.h5")
    let result = try importReference(plan, words)
    #expect(result.status == 1 && result.output.isEmpty && result.errors.contains(reason), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: plan))
  }

  @Test(arguments: ["int8", "=int8", "text/*=int3", "text/*="])
  func `an override that is none exits with 64`(word: String) throws {
    #expect(try importReference(folder.file("x.h5"), ["--tensor-weights", word]).status == 64)
  }

  @Test func `the cache has the precision that is asked for`() throws {
    let plan = try ReferencePlan.path()
    let exact = try json(ask(plan, ["--json"]))
    let rounded = try json(ask(plan, ["--json", "--cache", "bf16"]))
    let (bytes, roundedBytes) = (exact["kv_bytes"] as? Int ?? 0, rounded["kv_bytes"] as? Int ?? 0)
    #expect(bytes > 0 && bytes == 2 * roundedBytes)
    #expect(exact["text"] as? String == rounded["text"] as? String)
    #expect(try ask(plan, ["--cache", "f16"]).status == 64)
  }

  @Test func `a plan is compared with one that is not rounded`() throws {
    let plan = folder.file("rounded.h5")
    _ = try importReference(plan, ["--weights", "int8"])
    let set = try set()
    let words = ["evaluate", plan, "--set", set, "--json", "--against"]
    let point = try #require(
      (try json(Program.run("espalier", words + [ReferencePlan.path()]))["points"] as? [[String: Any]])?.first
    )
    let divergence = try #require(point["divergence"] as? Double)
    #expect(0 < divergence && divergence < 0.02)

    let other = folder.file("other.h5")
    let golden = try FamilyGolden("llava/clip-llama").plan(in: folder)
    try FileManager.default.moveItem(atPath: golden, toPath: other)
    let refused = try Program.run("espalier", words + [other])
    #expect(refused.status == 1 && refused.errors.contains("other.h5: is a plan of another model"))
  }

  private func set() throws -> String {
    let picture = ReferencePlan.scenes.appendingPathComponent("images/test-003.jpg").path
    return try folder.write(
      #"{"id": "a", "image": "\#(picture)", "prompt": "Describe the image.", "answer": "x"}"#, to: "set.jsonl"
    )
  }

  private func importReference(_ plan: String, _ words: [String]) throws -> ProgramResult {
    try Program.run("espalier", ["import", ReferencePlan.checkpoint, "--output", plan] + words)
  }

  private func ask(_ plan: String, _ words: [String]) throws -> ProgramResult {
    let picture = ReferencePlan.scenes.appendingPathComponent("images/test-003.jpg").path
    return try Program.run(
      "espalier-run", [plan, "--image", picture, "--prompt", "How many digits are there?"] + words)
  }

  private func json(_ result: ProgramResult) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }
}
