import Foundation
import TestSupport
import Testing

/// A checkpoint that cannot be imported gives one line with the file, the object and the reason, exit 1, and no file.
@Suite(.endsWithin(minutes: 5)) struct BadCheckpointTests {
  let folder: TemporaryFolder
  private let checkpoint: String

  init() throws {
    folder = try TemporaryFolder()
    // Two shards of float16.
    checkpoint = try FamilyGolden("internvl/llama").checkpoint(in: folder)
  }

  @Test func `an unsupported family`() throws {
    try replace("\"model_type\": \"internvl\"", "\"model_type\": \"cogvlm\"", in: "config.json")
    try expectFailure("config.json: model_type", "is \"cogvlm\", supported are", "internvl")
  }

  @Test func `a missing shard`() throws {
    try FileManager.default.removeItem(atPath: "\(checkpoint)/model-2-of-2.safetensors")
    try expectFailure("model-2-of-2.safetensors", "No such file")
  }

  @Test(arguments: [1, 1000]) func `a truncated shard`(missing: Int) throws {
    let shard = URL(filePath: "\(checkpoint)/model-2-of-2.safetensors")
    try Data(contentsOf: shard).dropLast(missing).write(to: shard)
    try expectFailure("model-2-of-2.safetensors: ", "ends at", "the data has")
  }

  @Test(arguments: [0, 5, 300]) func `a shard without the end of its header`(length: Int) throws {
    let shard = URL(filePath: "\(checkpoint)/model-1-of-2.safetensors")
    try Data(contentsOf: shard).prefix(length).write(to: shard)
    try expectFailure("model-1-of-2.safetensors")
  }

  @Test func `a tensor of integers`() throws {
    let shard = URL(filePath: "\(checkpoint)/model-1-of-2.safetensors")
    var data = try Data(contentsOf: shard)
    let place = try #require(data.range(of: Data("\"F16\"".utf8)))
    data.replaceSubrange(place, with: Data("\"I16\"".utf8))
    try data.write(to: shard)
    try expectFailure("model-1-of-2.safetensors: ", "is I16, expected F32, F16 or BF16")
  }

  @Test func `a tensor in the index only`() throws {
    let index = URL(filePath: "\(checkpoint)/model.safetensors.index.json")
    var text = try String(contentsOf: index, encoding: .utf8)
    text.replace("model-1-of-2", with: "model-2-of-2")
    try Data(text.utf8).write(to: index)
    try expectFailure("model.safetensors.index.json: ", "tensor is missing")
  }

  @Test func `a tokenizer of another type`() throws {
    try replace("\"type\": \"BPE\"", "\"type\": \"WordPiece\"", in: "tokenizer.json")
    try expectFailure("tokenizer.json: model.type", "is WordPiece, supported is BPE")
  }

  @Test func `an image processor that does something else`() throws {
    try replace("\"resample\": 3", "\"resample\": 0", in: "processor_config.json")
    try expectFailure("processor_config.json: image_processor.resample", "is 0, supported are 1 to 5")
  }

  @Test func `samples with more places than pictures name their line`() throws {
    let sample = "{\"images\": [\"a.png\"], \"prompt\": \"<image> or <image>?\", \"answer\": \"a\"}\n"
    let set = try folder.write("\n" + sample, to: "set.jsonl")
    try FileManager.default.copyItem(
      atPath: FamilyGolden("internvl/llama").picture("tiny.png"), toPath: folder.file("a.png"))
    let result = try Program.run(
      "espalier",
      [
        "compile", checkpoint, "--calibration", set, "--validation", set, "--output", folder.file("plan.h5"),
      ])
    check(result, "set.jsonl", "line 2", "<image>", "2")
  }

  @Test func `sets that share a picture are refused before the work begins`() throws {
    try FileManager.default.copyItem(
      atPath: FamilyGolden("internvl/llama").picture("tiny.png"), toPath: folder.file("a.png"))
    let set = try folder.write(#"{"image": "a.png", "prompt": "what"}"#, to: "set.jsonl")
    let result = try Program.run(
      "espalier",
      [
        "compile", checkpoint, "--calibration", set, "--validation", set, "--output", folder.file("plan.h5"),
      ])
    check(result, "set.jsonl", "shares 1 of its 1 pictures with the calibration set", "a.png")
  }

  private func replace(_ old: String, _ new: String, in file: String) throws {
    let url = URL(filePath: "\(checkpoint)/\(file)")
    var text = try String(contentsOf: url, encoding: .utf8)
    try #require(text.contains(old))
    text.replace(old, with: new)
    try Data(text.utf8).write(to: url)
  }

  private func expectFailure(_ words: String...) throws {
    let result = try Program.run("espalier", ["import", checkpoint, "--output", folder.file("plan.h5")])
    check(result, words)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["checkpoint"])
  }

  private func check(_ result: ProgramResult, _ words: String...) { check(result, words) }

  private func check(_ result: ProgramResult, _ words: [String]) {
    #expect(result.status == 1 && result.output.isEmpty)
    let lines = result.errors.split(separator: "\n").filter { !$0.contains(" info espalier: ") }
    #expect(lines.count == 1, "\(result.errors)")
    for word in words { #expect(result.errors.contains(word), "\(result.errors) should mention \(word)") }
  }
}
