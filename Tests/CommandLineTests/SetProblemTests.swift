import Foundation
import TestSupport
import Testing

/// What is wrong with a set is said before the work, with file and line, and what is left out is counted.
@Suite(.endsWithin(minutes: 5)) struct SetProblemTests {
  private let folder: TemporaryFolder
  private let plan: String
  private let set: String

  init() throws {
    folder = try TemporaryFolder()
    plan = folder.file("plan.h5")
    try FileManager.default.copyItem(atPath: ReferencePlan.path(), toPath: plan)
    let good = #"{"image": "\#(Scenes.picture)", "prompt": "What digit is blue?", "answer": " 6 "}"#
    let long = good.replacingOccurrences(
      of: "blue?", with: "blue?" + String(repeating: " What digit is green?", count: 2000))
    try folder.write("no picture", to: "bad.jpg")
    let bad = #"{"image": "bad.jpg", "prompt": "What?"}"#
    set = try folder.write([good, long, good, bad].joined(separator: "\n"), to: "set.jsonl")
  }

  @Test func `a prompt beyond the context is found before the work`() throws {
    for verb in [
      ["evaluate", plan], ["calibrate", plan], ["report", plan, "--output", folder.file("p.html")],
    ] {
      let result = try Program.run("espalier", verb + ["--set", set])
      #expect(result.isOneError, "\(result.errors)")
      #expect(result.errors.hasPrefix("Error: \(set): line 2: the prompt has "), "\(result.errors)")
      #expect(result.errors.hasSuffix("tokens; the model takes 2048\n"), "\(result.errors)")
    }
  }

  @Test func `bad samples are skipped, said and counted`() throws {
    let result = try Program.run(
      "espalier", ["evaluate", plan, "--set", set, "--skip-bad", "--baselines", "none", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.errors.split(separator: "\n")
    #expect(lines[0].hasPrefix("skipped: \(set): line 2: the prompt has "), "\(result.errors)")
    #expect(lines[1].hasPrefix("skipped: \(set): line 4: "), "\(result.errors)")
    #expect(lines[2] == "\(set): skipped 2 of 4 samples")
    let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    #expect(report?["samples"] as? Int == 2)
    let points = report?["points"] as? [[String: Any]]
    #expect(points?.first?["accuracy"] as? Double == 1, "an expected answer is trimmed as answers are")
    // Both samples are about one picture, which says nothing about others.
    #expect(points?.first?["interval"] is NSNull && points?.first?["divergence_interval"] is NSNull)
  }

  @Test func `one picture has no interval`() throws {
    let result = try Program.run(
      "espalier", ["evaluate", plan, "--set", set, "--limit", "1", "--keep", "0.5", "--baselines", "random"])
    #expect(result.status == 0 && !result.output.contains(/\d[ %]* to [-+\d]/), "\(result.output)")
    #expect(result.output.contains("cannot be told from"))
  }

  @Test func `what a folder holds besides pictures is counted`() throws {
    try folder.write("", to: "notes.txt")
    try folder.remove("bad.jpg")
    try FileManager.default.createDirectory(atPath: folder.file("more"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: Scenes.picture, toPath: folder.file("a.jpe"))
    let result = try Program.run(
      "espalier", ["evaluate", plan, "--set", folder.path, "--prompt", "What?", "--baselines", "none"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.hasPrefix("\(folder.path): left out: 3 files of other kinds, 1 folder\n"),
      "\(result.errors)")
  }
}
