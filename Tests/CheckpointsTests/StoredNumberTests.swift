import Foundation
import Testing
import TestSupport

@testable import Checkpoints

/// Matrices stored as codes with scales, and adapters, beside what compressed-tensors, torch and PEFT make of them.
@Suite(.endsWithin(minutes: 1)) struct StoredNumberTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/weights/stored").path

  private static func names(_ isAdapter: Bool) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasPrefix("adapter") == isAdapter
    }.sorted()
  }

  private func directory(_ path: String, adapter: Bool = false) throws -> TensorDirectory {
    let quantized = try QuantizedTensors(try Settings(contentsOf: "\(path)/config.json"))
    return try TensorDirectory(
      path, quantized: quantized, adapter: adapter ? try Adapter("\(path)/adapter") : nil)
  }

  /// Demands the numbers of `expected.safetensors`, up to a share of each.
  private func compare(_ path: String, adapter: Bool = false, within tolerance: Float) throws {
    let found = try directory(path, adapter: adapter)
    let expected = try SafetensorsFile("\(path)/expected.safetensors").tensors
    #expect(found.names == expected.map(\.name).sorted(), "\(path)")
    for (name, tensor) in expected {
      let own = try found.tensor(name, tensor.shape)
      let count = tensor.shape.reduce(1, *)
      let (values, right) = (try own.numbers(0..<count), try tensor.numbers(0..<count))
      for (value, right) in zip(values, right) where abs(value - right) > tolerance * max(0.1, abs(right)) {
        Issue.record("\(path) \(name): \(value), expected \(right)")
        return
      }
      // Pieces in the middle of rows are those of the whole.
      for range in [1..<count, count / 3..<count / 2, count - 1..<count] where !range.isEmpty {
        #expect(try own.numbers(range) == Array(values[range]), "\(path) \(name) \(range)")
      }
    }
  }

  @Test func `codes stand for the numbers that the library that wrote them gives`() throws {
    let names = try Self.names(false)
    #expect(names.count > 10)
    for name in names { try compare("\(Self.folder)/\(name)", within: 1e-6) }
  }

  @Test func `an adapter is merged as PEFT merges it, whatever the layout calls its modules`() throws {
    let names = try Self.names(true)
    #expect(names.count == 3)
    for name in names { try compare("\(Self.folder)/\(name)", adapter: true, within: 1e-5) }
  }

  @Test(arguments: [
    ("gptq", "the weights are quantised already (gptq), which is not read"),
    ("awq", "the weights are quantised already (awq), which is not read"),
    ("bitsandbytes", "the weights are quantised already (bitsandbytes), which is not read"),
    ("mxfp4", "the weights are quantised already (mxfp4), which is not read"),
  ])
  func `other methods are refused by name`(method: String, reason: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      #"{"quantization_config": {"quant_method": "\#(method)"}}"#, to: "config.json")
    let error = #expect(throws: CheckpointError.self) { try QuantizedTensors(try Settings(contentsOf: path)) }
    #expect(error?.reason.hasPrefix(reason) == true)
  }

  @Test(arguments: [
    (
      #""quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized""#, "quantization_config.format"
    ),
    (
      #""quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"a": {"weights": {"num_bits": 99}}}"#,
      "quantization_config.config_groups.a.weights.num_bits"
    ),
    (#""quant_method": "fp8", "weight_block_size": [0, 4]"#, "quantization_config.weight_block_size"),
    (#""quant_method": "fp8", "weight_block_size": "all""#, "quantization_config.weight_block_size"),
  ])
  func `settings that make no sense are named`(members: String, object: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{\"quantization_config\": {\(members)}}", to: "config.json")
    let error = #expect(throws: CheckpointError.self) { try QuantizedTensors(try Settings(contentsOf: path)) }
    #expect(error?.object == object)
  }

  /// A copy of a stored folder with something changed in one of its files.
  private func changed(_ name: String, _ file: String, _ old: String, _ new: String) throws -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: "\(Self.folder)/\(name)", toPath: folder.file("model"))
    let path = folder.file("model/\(file)")
    var data = try Data(contentsOf: URL(filePath: path))
    let place = try #require(data.range(of: Data(old.utf8)))
    data.replaceSubrange(place, with: Data(new.utf8))
    try data.write(to: URL(filePath: path))
    return folder
  }

  @Test(arguments: [
    ("int8-channel", "weight_scale", "weight_skale", "has no scales beside it (a.weight_scale)"),
    ("int4-group", "weight_shape", "weight_shope", "has no shape beside it (a.weight_shape)"),
    ("int4-group", "[12,6]", "[6,12]", "which [6, 12] cannot hold"),
    ("int8-channel", "[12,48]", "[48,12]", "has shape [48, 12] and scales of shape [12, 1]"),
    ("int8-asymmetric", "[12,1]", "[1,12]", "zero points of shape"),
  ])
  func `what does not fit together is an error in one line`(
    name: String, old: String, new: String, reason: String
  ) throws {
    let folder = try changed(name, "model.safetensors", old, new)
    let error = #expect(throws: CheckpointError.self) { _ = try directory(folder.file("model")) }
    #expect(
      error?.reason.contains(reason) == true,
      "\(String(describing: error))")
  }

  @Test(arguments: [
    ("adapter_config.json", "LORA", "IA3_", "expected LORA"),
    ("adapter_config.json", "\"use_dora\": false", "\"use_dora\": true ", "which is not supported"),
    ("adapter_model.safetensors", "layers.0.query.lora_A", "layers.9.query.lora_A", "has no such module"),
    (
      "adapter_model.safetensors", "base_model.model.layers.0.query.lora_B",
      "base_model.model.layers.0.quern.lora_B", "beside it"
    ),
    ("adapter_model.safetensors", "[4,20]", "[20,4]", "the matrix has [12, 20]"),
  ])
  func `an adapter of another model, or of another kind, is refused by name`(
    file: String, old: String, new: String, reason: String
  ) throws {
    let folder = try changed("adapter", "adapter/\(file)", old, new)
    let error = #expect(throws: CheckpointError.self) {
      _ = try directory(folder.file("model"), adapter: true)
    }
    #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
  }
}
