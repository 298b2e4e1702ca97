import Foundation
import TestSupport
import Testing

/// `espalier bench` in its forms.
@Suite(.endsWithin(minutes: 5)) struct BenchTests {
  private let arguments: [String]

  init() throws {
    let picture = ReferencePlan.scenes.appendingPathComponent("images/test-003.jpg").path
    arguments = [
      "bench", try ReferencePlan.path(), "--image", picture, "--tokens", "3", "--repetitions", "2",
      "--warm-up", "0",
    ]
  }

  @Test func `JSON has limits, stages and shares`() throws {
    let result = try Program.run("espalier", arguments + ["--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let limits = try #require(report["limits"] as? [String: Any])
    #expect(try #require(limits["read_bytes_per_second"] as? Double) > 1e8)
    let points = try #require(report["points"] as? [[String: Any]])
    #expect(points.count == 1 && points[0]["name"] as? String == "dense")
    let stages = try #require(points[0]["stages"] as? [[String: Any]])
    #expect(
      stages.compactMap { $0["stage"] as? String }
        == ["image", "vision", "prefill", "selection", "first token", "decode, a token"])
    for stage in stages {
      let (least, median) = (stage["min"] as? Double ?? -1, stage["median"] as? Double ?? -1)
      #expect(0 <= least && least <= median)
    }
    #expect(try #require(points[0]["decode_share_of_limit"] as? Double) > 0)
  }

  @Test(arguments: [("text", "point "), ("csv", "point,stage,"), ("markdown", "| point | stage |")])
  func `other forms begin as they should`(format: String, start: String) throws {
    let result = try Program.run("espalier", arguments + ["--format", format])
    #expect(result.status == 0 && result.output.split(separator: "\n").contains { $0.hasPrefix(start) })
    #expect(format == "csv" || result.output.hasPrefix("limits with these threads: "))
  }

  @Test func `the parts of a layer stand beside what they replace`() throws {
    let result = try Program.run("espalier", arguments + ["--parts", "64"])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    for part in ["qkv ", "gate/up ", "down ", "FFN, 20 %", "hollow attention", "200 x decode attention, 32"] {
      #expect(lines.contains { $0.hasPrefix(part) && $0.contains("%") }, "\(part)")
    }
  }

  @Test func `settings given by hand are timed beside the plan's points`() throws {
    let result = try Program.run("espalier", arguments + ["--keep", "0.5", "--format", "csv"])
    #expect(result.status == 0 && result.output.contains("\ncustom,prefill,"), "\(result.errors)")
  }

  @Test func `prompts of several sizes are timed`() throws {
    let result = try Program.run("espalier", arguments + ["--prompt-tokens", "10,90", "--format", "json"])
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let points = try #require(report["points"] as? [[String: Any]])
    #expect(points.compactMap { $0["name"] as? String } == ["dense@10", "dense@90"])
    let sizes = points.compactMap { ($0["counts"] as? [String: Int])?["prompt"] }
    #expect(sizes.count == 2 && sizes[1] >= 256 + 89 && sizes[0] < sizes[1])
  }

  @Test(arguments: [
    ["--prompt-tokens", "1,x"], ["--prompt-tokens", "0"], ["--parts", "7"], ["--repetitions", "0"],
    ["--tokens", "1"], ["--format", "xml"], ["--warm-up", "-1"],
  ])
  func `options that make no sense exit with 64`(words: [String]) throws {
    let result = try Program.run("espalier", arguments + words)
    #expect(result.status == 64 && result.output.isEmpty)
  }
}
