import Foundation
import Plan
import PlanFile
import Testing
import TestSupport

@testable import Checkpoints

/// What transformers loads although it is not as it is saved today.
@Suite(.endsWithin(minutes: 1)) struct LooseCheckpoints {
  /// Moves the image token from tokenizer.json to `added_tokens_decoder`.
  private func moveImageToken(in checkpoint: ForeignCheckpoint) throws {
    var tokenizer = try checkpoint.object("tokenizer.json")
    var added = try #require(tokenizer["added_tokens"] as? [[String: Any]])
    let place = try #require(added.lastIndex { ($0["content"] as? String) == "<image>" })
    let entry = added.remove(at: place)
    tokenizer["added_tokens"] = added
    var configuration = try checkpoint.object("tokenizer_config.json")
    configuration["added_tokens_decoder"] = ["\(try #require(entry["id"] as? Int))": entry]
    try checkpoint.write(tokenizer, to: "tokenizer.json")
    try checkpoint.write(configuration, to: "tokenizer_config.json")
  }

  @Test func mayHaveTheImageTokenOnlyAmongTheConfigurationsAddedTokens() throws {
    let checkpoint = try ForeignCheckpoint()
    #expect(checkpoint.failure() == nil)
    let usual = try Plan(contentsOf: checkpoint.folder.file("plan.h5")).contents.tokenizer
    try moveImageToken(in: checkpoint)
    #expect(checkpoint.failure() == nil)
    let moved = try Plan(contentsOf: checkpoint.folder.file("plan.h5")).contents.tokenizer
    #expect(moved.tokens == usual.tokens)
    #expect(moved.addedTokens.sorted { $0.id < $1.id } == usual.addedTokens.sorted { $0.id < $1.id })
  }

  /// As transformers saves a folder whose processor has added a token of its own.
  @Test func mayHaveAddedTokensThatTheModelHasNoRowFor() throws {
    let checkpoint = try ForeignCheckpoint()
    #expect(checkpoint.failure() == nil)
    let usual = try Plan(contentsOf: checkpoint.folder.file("plan.h5")).contents
    let vocabulary = usual.model.text.vocabulary
    var tokenizer = try checkpoint.object("tokenizer.json")
    var added = try #require(tokenizer["added_tokens"] as? [[String: Any]])
    var entry = try #require(added.last)
    for place in usual.tokenizer.tokens.count...vocabulary {
      (entry["content"], entry["id"]) = ("<later \(place)>", place)
      added.append(entry)
    }
    tokenizer["added_tokens"] = added
    try checkpoint.write(tokenizer, to: "tokenizer.json")
    #expect(checkpoint.failure() == nil)
    let plan = try Plan(contentsOf: checkpoint.folder.file("plan.h5")).contents
    #expect(plan.tokenizer.tokens.count == vocabulary)
    #expect(!plan.tokenizer.addedTokens.contains { $0.content == "<later \(vocabulary)>" })
    // A template that needs such a token cannot be followed.
    let template = "{% for m in messages %}{{ '<image><later \(vocabulary)>' + m['role'] }}{% endfor %}"
    try checkpoint.write(template, to: "chat_template.jinja")
    #expect(
      checkpoint.failure()?.reason
        == "has \"<later \(vocabulary)>\", token \(vocabulary) of a model with \(vocabulary)")
  }

  @Test func haveTheHeadThatDiffersAlthoughTheConfigurationTiesIt() throws {
    let checkpoint = try ForeignCheckpoint("qwen2_vl/tied")
    #expect(checkpoint.failure() == nil)
    let tied = try Plan(contentsOf: checkpoint.folder.file("plan.h5"))
    #expect(tied.contents.model.text.tiedHead)
    var tensors = try checkpoint.tensors()
    let name = try #require(tensors.keys.first { $0.hasSuffix("embed_tokens.weight") })
    let embedding = try #require(tensors[name])
    // An equal one changes nothing.
    tensors["lm_head.weight"] = embedding
    try checkpoint.write(tensors)
    #expect(checkpoint.failure() == nil)
    #expect(try Plan(contentsOf: checkpoint.folder.file("plan.h5")).contents.model.text.tiedHead)
    let head = Data(embedding.bytes.reversed().map { $0 & 0x3F })
    tensors["lm_head.weight"] = (embedding.type, embedding.shape, head)
    try checkpoint.write(tensors)
    #expect(checkpoint.failure() == nil)
    let own = try Plan(contentsOf: checkpoint.folder.file("plan.h5"))
    #expect(!own.contents.model.text.tiedHead)
    try #require(embedding.type == "BF16")
    let exact = stride(from: 0, to: head.count, by: 2).flatMap {
      [UInt8](arrayLiteral: 0, 0, head[$0], head[$0 + 1])
    }
    #expect(own.weights.tensor("text/head").map { Array($0.bytes) } == exact)
  }

  @Test func mayHaveATensorInTwoShardsIfItIsTheSame() throws {
    let checkpoint = try ForeignCheckpoint()
    let tensors = try checkpoint.tensors()
    let names = tensors.keys.sorted()
    try checkpoint.remove("model.safetensors")
    let first = tensors.filter { names.firstIndex(of: $0.key) ?? 0 <= names.count / 2 }
    var second = tensors.filter { names.firstIndex(of: $0.key) ?? 0 >= names.count / 2 }
    let shared = names[names.count / 2]
    try checkpoint.write(first, to: "model-1.safetensors")
    try checkpoint.write(second, to: "model-2.safetensors")
    let map = Dictionary(uniqueKeysWithValues: names.map { ($0, first[$0] == nil ? "model-2" : "model-1") })
    try checkpoint.write(
      ["weight_map": map.mapValues { $0 + ".safetensors" }], to: "model.safetensors.index.json")
    #expect(checkpoint.failure() == nil)
    let tensor = try #require(second[shared])
    var bytes = tensor.bytes
    bytes[bytes.count - 1] ^= 1
    second[shared] = (tensor.type, tensor.shape, bytes)
    try checkpoint.write(second, to: "model-2.safetensors")
    let error = checkpoint.failure()
    #expect(error?.object == shared)
    #expect(error?.reason.hasPrefix("differs from the tensor of this name in ") ?? false)
  }
}
