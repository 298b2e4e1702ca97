import Foundation
import Plan
import PlanFile
import Testing
import TestSupport

@testable import Checkpoints

/// Checkpoints of Qwen3.5 that are not as transformers saves them, and what is refused of them.
@Suite(.endsWithin(minutes: 1)) struct DeltaCheckpointTests {
  private let checkpoint: ForeignCheckpoint

  init() throws { checkpoint = try ForeignCheckpoint("qwen3_5/three-and-one") }

  /// Changes `text_config`.
  private func change(_ change: (inout [String: Any]) -> Void) throws {
    var config = try checkpoint.object("config.json")
    var text = try #require(config["text_config"] as? [String: Any])
    change(&text)
    config["text_config"] = text
    try checkpoint.write(config, to: "config.json")
  }

  private func plan() throws -> Plan { try Plan(contentsOf: checkpoint.folder.file("plan.h5")) }

  @Test func `layers that guess tokens further ahead are left out`() throws {
    var tensors = try checkpoint.tensors()
    tensors["mtp.fc.weight"] = ("F32", [2, 2], Data(count: 16))
    try checkpoint.write(tensors)
    #expect(checkpoint.failure() == nil)
    tensors["mpt.fc.weight"] = ("F32", [2, 2], Data(count: 16))
    try checkpoint.write(tensors)
    #expect(checkpoint.failure()?.object == "mpt.fc.weight")
  }

  @Test func `every fourth layer has attention where no list says which`() throws {
    try change { $0["layer_types"] = nil }
    #expect(checkpoint.failure() == nil)
    #expect(try plan().contents.model.text.deltaLayers == [0, 1, 2, 4])
    try change { $0["full_attention_interval"] = 1 }
    #expect(checkpoint.failure()?.reason.contains("missing") == true, "its tensors are those of delta rules")
  }

  @Test func `a gate stands behind the values, whatever head it is of`() throws {
    #expect(checkpoint.failure() == nil)
    let plan = try plan()
    let text = plan.contents.model.text
    let source = try #require(
      try checkpoint.tensors().first { $0.key.hasSuffix("layers.3.self_attn.q_proj.weight") }?.value)
    #expect(source.type == "F32" && source.shape == [2 * text.queryHeads * text.headWidth, text.width])
    let fused = try #require(plan.weights.tensor("text/layers/03/qkv")).bytes
    let rowBytes = 4 * text.width
    for head in 0..<text.queryHeads {
      for (half, first) in [(0, 0), (1, (text.queryHeads + 2 * text.keyValueHeads) * text.headWidth)] {
        let row = (2 * head + half) * text.headWidth
        let target = first + head * text.headWidth
        #expect(
          Array(source.bytes.dropFirst(row * rowBytes).prefix(text.headWidth * rowBytes))
            == Array(fused[target * rowBytes..<(target + text.headWidth) * rowBytes]))
      }
    }
  }

  @Test(arguments: [
    ("attn_output_gate", false as any Sendable, "is false"), ("partial_rotary_factor", 0.3, "rotates 7"),
    ("linear_num_value_heads", 3, "shape"), ("linear_num_key_heads", 0, "expected 1 to"),
    ("layer_types", Array(repeating: "linear_attention", count: 5), "no layer with attention"),
    ("layer_types", ["conv", "full_attention", "conv", "conv", "conv"], "supported are linear_attention"),
    ("full_attention_interval", -1, "expected 1 to"),
  ])
  func `what the engine has not is refused`(key: String, value: any Sendable, reason: String) throws {
    try change {
      if key == "partial_rotary_factor" {
        for name in ["rope_parameters", "rope_scaling"] {
          guard var rope = $0[name] as? [String: Any] else { continue }
          rope[key] = value
          $0[name] = rope
        }
      } else {
        if key == "full_attention_interval" { $0["layer_types"] = nil }
        $0[key] = value
      }
    }
    let failure = checkpoint.failure()
    #expect(failure?.description.contains(reason) == true, "\(String(describing: failure))")
  }
}
