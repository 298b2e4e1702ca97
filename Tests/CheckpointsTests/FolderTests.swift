import Foundation
import Plan
import PlanFile
import Testing
import TestSupport

@testable import Checkpoints

/// What is no checkpoint, or not a whole one, and what it is called.
@Suite(.endsWithin(minutes: 1)) struct FoldersThatAreNoCheckpoint {
  private static let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 123\n"

  @Test(arguments: ["model.safetensors", "tokenizer.json", "config.json", "chat_template.jinja"])
  func filesThatGitLFSHasNotFetched(name: String) throws {
    let checkpoint = try ForeignCheckpoint("smolvlm/bucketed")
    try checkpoint.write(Self.pointer, to: name)
    let error = checkpoint.failure()
    #expect(error?.file == checkpoint.file(name))
    #expect(error?.reason == "is a pointer of git-lfs, not the file itself; git lfs pull fetches it")
  }

  @Test(arguments: [
    (["pytorch_model.bin"], "has its weights as pytorch_model.bin, which is not read"),
    (["consolidated.00.pth"], "has its weights as consolidated.00.pth, which is not read"),
    (["model-q4.gguf"], "has its weights as GGUF only"),
    (["adapter_config.json", "adapter_model.safetensors"], "is an adapter, not a model"),
    ([], "has neither model.safetensors nor model.safetensors.index.json"),
  ])
  func weightsOfAnotherKind(names: [String], reason: String) throws {
    let checkpoint = try ForeignCheckpoint()
    try checkpoint.remove("model.safetensors")
    for name in names { try checkpoint.write("x", to: name) }
    let error = checkpoint.failure()
    #expect(error?.file == checkpoint.path)
    #expect(error?.reason.hasPrefix(reason) ?? false, "\(error?.reason ?? "")")
  }

  @Test(arguments: [
    (["adapter_config.json", "adapter_model.safetensors"], "is an adapter, not a model"),
    (["model-q4.gguf", "README.md"], "has its weights as GGUF only"),
  ])
  func foldersWithoutSettings(names: [String], reason: String) throws {
    let folder = try TemporaryFolder()
    for name in names { _ = try folder.write("x", to: name) }
    #expect(failure(folder.path)?.reason.hasPrefix(reason) ?? false)
  }

  @Test func namesOfTheHub() throws {
    let reason = failure("HuggingFaceTB/SmolVLM-256M-Instruct")?.reason ?? ""
    #expect(reason.contains("hf download HuggingFaceTB/SmolVLM-256M-Instruct --local-dir FOLDER"))
    for path in ["/nowhere/at-all", "./nowhere", "nowhere", "a/b/c"] {
      #expect(failure(path)?.reason == "cannot open: No such file or directory")
    }
  }

  @Test func files() throws {
    let folder = try TemporaryFolder()
    let gguf = try folder.write("GGUF", to: "m.gguf")
    #expect(failure(gguf)?.reason.hasPrefix("is a GGUF file") ?? false)
    let other = try folder.write("x", to: "model.safetensors")
    #expect(failure(other)?.reason == "is a file, expected the folder of a checkpoint")
  }

  /// A checkpoint as the hub's cache keeps it: snapshots of links into a folder of blobs.
  private func cache(_ checkpoint: ForeignCheckpoint, snapshots: [String]) throws -> TemporaryFolder {
    let cache = try TemporaryFolder()
    let manager = FileManager.default
    let blobs = cache.file("blobs")
    try manager.copyItem(atPath: checkpoint.path, toPath: blobs)
    for snapshot in snapshots {
      let folder = cache.file("snapshots/\(snapshot)")
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for name in try manager.contentsOfDirectory(atPath: blobs) {
        try manager.createSymbolicLink(
          atPath: "\(folder)/\(name)", withDestinationPath: "../../blobs/\(name)")
      }
    }
    return cache
  }

  @Test func foldersOfTheHubsCache() throws {
    let checkpoint = try ForeignCheckpoint()
    let one = try cache(checkpoint, snapshots: ["0123"])
    for path in [one.path, "\(one.path)/", one.file("snapshots/0123")] {
      let imported = try CheckpointImporter.read(path, weightFormat: .float32)
      #expect(imported.contents.model.vision.layers > 0)
    }
    let two = try cache(checkpoint, snapshots: ["0123", "4567"])
    let reason = "has 2 snapshots and no branch that says which one; name one of these folders"
    #expect(failure(two.path)?.reason == reason)
    try FileManager.default.createDirectory(
      atPath: two.file("refs"), withIntermediateDirectories: false)
    try "4567\n".write(toFile: two.file("refs/main"), atomically: true, encoding: .utf8)
    #expect(failure(two.path) == nil)
    let none = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: none.file("snapshots"), withIntermediateDirectories: false)
    #expect(failure(none.path)?.reason == "has no snapshot; download the checkpoint again")
  }

  @Test func linksOfTheHubsCacheThatLeadNowhere() throws {
    let checkpoint = try ForeignCheckpoint()
    try checkpoint.remove("model.safetensors")
    try FileManager.default.createSymbolicLink(
      atPath: checkpoint.file("model.safetensors"), withDestinationPath: "../../blobs/0123")
    let error = checkpoint.failure()
    #expect(error?.file == checkpoint.file("model.safetensors"))
    #expect(
      error?.reason == "is a link to ../../blobs/0123, which is not there; download the checkpoint again")
  }

  @Test func quantisedWeights() throws {
    let checkpoint = try ForeignCheckpoint()
    var config = try checkpoint.object("config.json")
    config["quantization_config"] = ["quant_method": "gptq", "bits": 4]
    try checkpoint.write(config, to: "config.json")
    let error = checkpoint.failure()
    #expect(error?.object == "quantization_config.quant_method")
    #expect(error?.reason.hasPrefix("the weights are quantised already (gptq), which is not read") ?? false)
  }

  @Test func errorsAreOnePrintableLine() {
    let hostile = CheckpointError(
      file: "a", object: "key\u{1B}[31m\u{202E}",
      reason: "line\nline\r\u{2028}" + String(repeating: "x", count: 9999))
    let line = hostile.description
    #expect(line.hasPrefix("a: key\\u{1b}[31m\\u{202e}: line line \\u{2028}xxx"))
    #expect(line.count < 1100 && line.hasSuffix("..."))
    #expect(CheckpointError(file: "ö/日本", reason: "is é").description == "ö/日本: is é")
  }

  @Test func errorsNeverNameTheWholeOfAFile() {
    let error = CheckpointError(PlanError(file: "a", reason: "is empty"))
    #expect(error.description == "a: is empty")
  }

  private func failure(_ path: String) -> CheckpointError? {
    do throws(CheckpointError) {
      _ = try CheckpointImporter.read(path, weightFormat: .float32)
      return nil
    } catch { return error }
  }
}
