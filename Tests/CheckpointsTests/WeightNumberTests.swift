import Foundation
import Plan
import Testing
import TestSupport

@testable import Checkpoints

/// The bytes of a value that is no number in an element type of safetensors.
private func bits(_ value: Float, _ type: String) -> Data {
  switch type {
  case "BF16": withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian) { Data($0) }
  case "F16": withUnsafeBytes(of: UInt16(value.isNaN ? 0x7E00 : 0x7C00).littleEndian) { Data($0) }
  default: withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) }
  }
}

/// The same values in another element type, or at least of its size.
private func converted(_ bytes: Data, from type: String, to other: String) -> Data {
  guard type == "F32", other != "F32" else { return bytes }
  return bytes.withUnsafeBytes { source in
    var result = Data()
    for place in stride(from: 0, to: source.count, by: 4) {
      let value = source.loadUnaligned(fromByteOffset: place, as: UInt32.self)
      let bits = other == "BF16" ? UInt16(value >> 16) : 0x2E66
      withUnsafeBytes(of: bits.littleEndian) { result += $0 }
    }
    return result
  }
}

@Suite(.endsWithin(minutes: 5)) struct WeightsThatAreNoNumbers {
  @Test(
    arguments: [WeightFormat.float32, .bfloat16, .int8, .int4],
    [
      "language_model.model.layers.0.mlp.down_proj.weight", "language_model.model.embed_tokens.weight",
      "language_model.model.layers.1.self_attn.v_proj.weight", "language_model.model.norm.weight",
      "multi_modal_projector.linear_1.bias", "vision_tower.vision_model.embeddings.patch_embedding.weight",
      "vision_tower.vision_model.embeddings.position_embedding.weight", "language_model.lm_head.weight",
    ])
  func areAnErrorThatNamesTensorAndElement(format: WeightFormat, name: String) throws {
    let checkpoint = try ForeignCheckpoint()
    let tensors = try checkpoint.tensors()
    let tensor = try #require(tensors[name], "\(tensors.keys.sorted())")
    for (value, type) in [(Float.nan, "F32"), (.infinity, "BF16"), (-.infinity, "F32"), (.nan, "F16")] {
      var changed = tensors
      var bytes = converted(tensor.bytes, from: tensor.type, to: type)
      let size = type == "F32" ? 4 : 2
      let count = tensor.shape.reduce(1, *)
      // The last but one element.
      bytes.replaceSubrange(size * (count - 2)..<size * (count - 1), with: bits(value, type))
      changed[name] = (type, tensor.shape, bytes)
      try checkpoint.write(changed)
      let error = checkpoint.failure(as: format)
      var index = tensor.shape.map { $0 - 1 }
      index[index.count - 1] -= 1
      #expect(error?.reason.hasSuffix("(\(checkpoint.file("model.safetensors")))") ?? false)
      #expect(error?.object == name)
      #expect(error?.reason.hasPrefix("element \(index) is ") ?? false, "\(error?.reason ?? "no error")")
      #expect(!FileManager.default.fileExists(atPath: checkpoint.folder.file("plan.h5")))
    }
  }

  @Test func areFoundWhereverTheyAre() throws {
    let checkpoint = try ForeignCheckpoint()
    let name = "language_model.model.layers.0.mlp.gate_proj.weight"
    let tensors = try checkpoint.tensors()
    let tensor = try #require(tensors[name])
    let count = tensor.shape.reduce(1, *)
    for place in [0, 1, 7, 8, 15, 16, 17, count / 2, count - 1] {
      var bytes = tensor.bytes
      bytes.replaceSubrange(4 * place..<4 * place + 4, with: bits(.nan, "F32"))
      var changed = tensors
      changed[name] = (tensor.type, tensor.shape, bytes)
      try checkpoint.write(changed)
      let (row, column) = place.quotientAndRemainder(dividingBy: tensor.shape[1])
      let reason = "element [\(row), \(column)] is nan, which is no number"
      #expect(checkpoint.failure()?.reason.hasPrefix(reason) ?? false)
    }
  }

  @Test func largeNumbersAreNumbers() throws {
    let checkpoint = try ForeignCheckpoint()
    var tensors = try checkpoint.tensors()
    let name = "language_model.model.norm.weight"
    let tensor = try #require(tensors[name])
    var bytes = tensor.bytes
    bytes.replaceSubrange(0..<4, with: bits(.greatestFiniteMagnitude, "F32"))
    tensors[name] = (tensor.type, tensor.shape, bytes)
    try checkpoint.write(tensors)
    #expect(checkpoint.failure() == nil)
  }

  @Test func doNotComeFromTheImageProcessorEither() throws {
    let checkpoint = try ForeignCheckpoint()
    try checkpoint.replace(
      "\"rescale_factor\":", with: "\"rescale_factor\": 1e300, \"unused\":", in: "preprocessor_config.json")
    #expect(checkpoint.failure() != nil)
  }
}
