import Foundation
import Plan
import PlanFile
import Testing
import TestSupport

@testable import Checkpoints

/// What is read and what is refused of checkpoints of MiniCPM-V.
@Suite(.endsWithin(minutes: 1)) struct SliceCheckpointTests {
  private let checkpoint: ForeignCheckpoint

  init() throws { checkpoint = try ForeignCheckpoint("minicpmv4_6/sliced") }

  private func change(_ key: String, _ value: Any?, in file: String = "config.json") throws {
    var settings = try checkpoint.object(file)
    settings[key] = value
    try checkpoint.write(settings, to: file)
  }

  @Test func `a tower of four times as many tokens leaves its merger out`() throws {
    try change("downsample_mode", "4x")
    #expect(checkpoint.failure()?.object == "downsample_mode", "the processor says another")
    try change("downsample_mode", "4x", in: "preprocessor_config.json")
    #expect(checkpoint.failure() == nil)
    let model = try Plan(contentsOf: checkpoint.folder.file("plan.h5")).contents.model
    #expect(model.patchesPerToken == 2 && model.vision.merger.layer == 0)
  }

  @Test(arguments: [("insert_layer_id", 3), ("insert_layer_id", -1), ("merger_times", 2)])
  func `a merger stands behind a layer, once`(key: String, value: Int) throws {
    try change(key, value)
    #expect(checkpoint.failure()?.object == key)
  }

  @Test func `windows are pairs of pairs`() throws {
    try change("merge_kernel_size", [2, 4])
    #expect(checkpoint.failure()?.object == "merge_kernel_size")
  }

  @Test func `the texts around pictures are the tokenizer's`() throws {
    try change("slice_end_token", nil, in: "tokenizer_config.json")
    #expect(checkpoint.failure()?.object == "slice_end_token")
  }

  @Test func `a tensor that is not part of the merger is refused`() throws {
    var tensors = try checkpoint.tensors()
    tensors["model.vision_tower.vit_merger.linear_3.weight"] = ("F32", [2, 2], Data(count: 16))
    try checkpoint.write(tensors)
    #expect(checkpoint.failure()?.object == "model.vision_tower.vit_merger.linear_3.weight")
  }
}
