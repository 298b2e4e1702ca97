import Foundation
import HDF5
import Plan
import PlanFile
import Testing
import TestSupport

/// The whole way on a few samples of the reference model: compile, answer, evaluate, trace.
@Suite(.serialized, .tags(.slow), .skippedWhenFast, .endsWithin(minutes: 10)) struct EndToEndTests {
  let temporary: TemporaryFolder
  var folder: URL { URL(filePath: temporary.path) }

  init() throws { temporary = try TemporaryFolder() }

  @Test func `compile, killed and resumed, gives a plan that answers`() throws {
    let plan = folder.appendingPathComponent("plan.h5").path
    let arguments = [
      "compile", ReferencePlan.checkpoint, "--calibration", try set("calibration", 3), "--validation",
      try set("validation", 6), "--output", plan, "--limit", "3",
    ]
    let killed = try Program.shell(
      "\"$0\" \"$@\" & while [ ! -s \"$8.calibration-state\" ] && kill -0 $!; do sleep 0.05; done; kill -9 $!; wait $!",
      [Program.path("espalier")] + arguments)
    #expect(killed.status == 137)
    #expect(!FileManager.default.fileExists(atPath: plan))

    let resumed = try Program.run("espalier", arguments + ["--resume", "--json"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(
      !resumed.errors.contains("transport cost"), "what was found before the kill is not searched again")
    let opened = try Plan(contentsOf: plan, verifying: .everything)
    #expect(opened.contents.points.map(\.name) == ["dense", "quality", "balanced", "fast"])
    #expect(opened.contents.points.allSatisfy { $0.figures?.samples == 6 })
    let record = try #require(opened.contents.calibration)
    let rankings = try #require(record.layerReduction)
    #expect(rankings.feedForward.sorted() == Array(0..<12))
    #expect(rankings.attention.sorted() == Array(0..<12))
    let leading = try #require(rankings.leading)
    #expect(leading.order.count == 12 * 576 && leading.share > 0.2)
    #expect(record.cacheRetention?.visionAttentionByHead.count == 24)
    let candidates = try #require(record.tokenPruning).candidates
    #expect(Set(candidates.map(\.settings.rule)) == Set(ImportanceRule.allCases))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3, "the plan and the two sets"
    )

    try contract(plan)
  }

  @Test func `answers are those of transformers`() throws {
    let result = try Program.run(
      "espalier-run",
      [try ReferencePlan.path(), "--image", picture("test-000.jpg"), "--prompt", "What digit is purple?"])
    #expect(result.status == 0 && result.output == "0\n" && result.errors.isEmpty)
  }

  @Test func `a trace holds ids, pixels, logits and hidden states`() throws {
    let output = folder.appendingPathComponent("trace.h5").path
    let result = try Program.run(
      "espalier",
      [
        "trace", try ReferencePlan.path(), "--image", picture("test-000.jpg"), "--prompt",
        "What digit is purple?",
        "--output", output, "--hidden-states",
      ])
    #expect(result.status == 0, "\(result.errors)")
    let root = try File.open(output).root()
    #expect(try root.dataset("input_ids").shape == [274])
    #expect(try root.dataset("pixel_values").shape == [1, 3, 224, 224])
    #expect(try root.dataset("logits").shape == [274, 1024])
    #expect(try root.dataset("hidden_states").shape == [13, 274, 192])
  }

  @Test(arguments: ["espalier", "espalier-run"]) func `help and version go to stdout`(program: String) throws
  {
    let help = try Program.run(program, ["--help"])
    #expect(help.status == 0 && help.errors.isEmpty && help.output.contains("USAGE: \(program)"))
    let version = try Program.run(program, ["--version"])
    #expect(version.status == 0 && version.output == "0.1.0\n")
  }

  /// What others rely on: keys of the JSON that `evaluate` and `espalier-run` print.
  private func contract(_ plan: String) throws {
    let evaluated = try Program.run(
      "espalier",
      [
        "evaluate", plan, "--set", try set("test", 6), "--points", "dense,fast", "--keep", "0.5",
        "--baselines", "random,stride", "--json",
      ])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let seen = try Program.run("espalier", ["evaluate", plan, "--set", try set("calibration", 3)])
    #expect(seen.status == 1 && seen.errors.contains("with the calibration set"), "\(seen.errors)")
    let report = try object(evaluated.output)
    let points = try #require(report["points"] as? [[String: Any]])
    #expect(points.compactMap { $0["name"] as? String }.contains("custom+stride"))
    for key in [
      "accuracy", "accuracy_by_task", "divergence", "agreement", "samples", "interval", "seconds", "kv_bytes",
      "visual_kept", "decoder_flops",
    ] { #expect(points.allSatisfy { $0[key] != nil }, "\(key)") }

    let answered = try Program.run(
      "espalier-run",
      [
        plan, "--image", picture("test-000.jpg"), "--prompt", "What digit is purple?", "--point", "fast",
        "--json",
      ])
    #expect(answered.status == 0, "\(answered.errors)")
    let answer = try object(answered.output)
    for key in ["text", "tokens", "kv_bytes", "peak_resident_bytes", "decode_tokens_per_second"] {
      #expect(answer[key] != nil, "\(key)")
    }
    let counts = try #require(answer["counts"] as? [String: Any])
    // A point may look at less of a picture than all of its 256 tokens.
    let (prompt, visual) = (try #require(counts["prompt"] as? Int), try #require(counts["visual"] as? Int))
    #expect(prompt - visual == 18 && (1...256).contains(visual) && counts["visual_kept"] != nil)
    let seconds = try #require(answer["seconds"] as? [String: Any])
    #expect(
      Set(["load", "image", "vision", "prefill", "selection", "first_token", "decode"]).isSubset(
        of: seconds.keys))
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func picture(_ name: String) -> String {
    ReferencePlan.scenes.appendingPathComponent("images/\(name)").path
  }

  /// The first lines of a set, with absolute picture names.
  private func set(_ name: String, _ count: Int) throws -> String {
    let lines = try String(
      contentsOf: ReferencePlan.scenes.appendingPathComponent("\(name).jsonl"), encoding: .utf8
    )
    .split(separator: "\n").prefix(count)
    .map { $0.replacingOccurrences(of: "\"images/", with: "\"\(ReferencePlan.scenes.path)/images/") }
    let file = folder.appendingPathComponent("\(name).jsonl")
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
    return file.path
  }
}
