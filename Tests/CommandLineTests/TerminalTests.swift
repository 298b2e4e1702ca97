import Foundation
import Plan
import PlanWriting
import Testing
import TestSupport

/// What people see: one printable line an error, tables of 100 columns, a line a stage.
@Suite(.endsWithin(minutes: 5)) struct TerminalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let evil = "no\n\u{1B}[2J\u{202E}\u{9B}31m" + String(repeating: "x", count: 3000)

  @Test func `names of files are one line in errors of both programs`() throws {
    let plan = try ReferencePlan.path()
    for (program, words) in [
      ("espalier-run", [evil, "--image", "x", "--prompt", "y"]),
      ("espalier-run", [plan, "--image", evil, "--prompt", "y"]), ("espalier", ["inspect", evil]),
      ("espalier", ["verify", evil]), ("espalier", ["evaluate", plan, "--set", evil]),
      ("espalier", ["import", evil, "--output", folder.file("o.h5")]),
      ("espalier", ["report", plan, "--output", evil]),
      (
        "espalier",
        ["trace", plan, "--image", "x", "--prompt", "y", "--point", evil, "--output", folder.file("o")]
      ),
    ] {
      let result = try Program.run(program, words)
      #expect(result.isOneError && result.errors.count <= 610, "\(result.errors)")
      #expect(
        result.errors.dropLast().unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }
  }

  @Test func `texts of a set are one line`() throws {
    let escape = #"\u001b[2J\n\u202efake"#
    let lines = [
      #"{"image": "\#(escape)", "prompt": "p"}"#,
      #"{"image": "a", "prompt": "p", "\#(escape)": 1, "\#(escape)": 1}"#,
    ]
    for line in lines {
      let set = try folder.write(line, to: "set.jsonl")
      let result = try Program.run("espalier", ["evaluate", try ReferencePlan.path(), "--set", set])
      #expect(result.isOneError && result.errors.contains("\\u{1B}[2J\\n\\u{202E}fake"), "\(result.errors)")
    }
  }

  @Test func `names of tasks are cells of a table`() throws {
    let line = #"{"image": "\#(Scenes.picture)", "prompt": "What?", "answer": "1", "task": "t\u001b[2J\nu"}"#
    let set = try folder.write(line, to: "set.jsonl")
    let result = try Program.run(
      "espalier", ["evaluate", try ReferencePlan.path(), "--set", set, "--baselines", "none"])
    #expect(result.status == 0 && result.output.contains("t\\u{1B}[2J\\nu"), "\(result.output)")
  }

  @Test func `an answer keeps its characters where it is not shown on a terminal`() throws {
    let result = try Program.run(
      "espalier-run",
      [try ReferencePlan.path(), "--image", Scenes.picture, "--prompt", "What digit is blue?"])
    #expect(result.output == "6\n")
  }

  @Test func `tables fit 100 columns`() throws {
    let plan = try ReferencePlan.path()
    let set = try Scenes.set("test", 4, in: folder)
    let evaluated = try Program.run(
      "espalier",
      ["evaluate", plan, "--set", set, "--keep", "0.25", "--retention", "0.5", "--ffn-layers", "6-11"])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let bench = try Program.run(
      "espalier",
      ["bench", plan, "--image", Scenes.picture, "--tokens", "2", "--repetitions", "1", "--keep", "0.5"])
    let parts = try Program.run("espalier", ["bench", plan, "--image", Scenes.picture, "--parts", "64"])
    let inspected = try Program.run("espalier", ["inspect", tunedPlan()])
    for result in [evaluated, bench, parts, inspected] {
      #expect(result.status == 0)
      for line in result.output.split(separator: "\n") where !line.contains(folder.path) {
        #expect(line.count <= 100, "\(line)")
      }
    }
    #expect(inspected.output.contains("settings"))
  }

  /// A plan with points of many words.
  private func tunedPlan() throws -> String {
    var contents = TinyContext.contents
    let names = ["quality", "balanced", String(repeating: "n", count: 64)]
    contents.points =
      [.dense]
      + names.map { name in
        var settings = PruningSettings()
        settings.tokenPruning = TokenPruning(rule: .semiRelaxed, keepRatio: 0.25, layer: 1)
        settings.layerReduction = LayerReduction(
          feedForwardLayers: [0, 1, 2, 3], attentionLayers: [1, 3], neurons: .probed, neuronShare: 0.2,
          attentionWindow: 16)
        settings.cacheRetention = CacheRetention(
          mode: .static, rates: [0.5, 0.25, 0.125, 0.0625], thresholds: RetentionThresholds(),
          ranking: .window,
          evenShare: 0.25)
        var figures = MeasuredFigures()
        (figures.samples, figures.accuracy, figures.accuracyInterval) = (100, 0.987, [0.951, 1])
        return OperatingPoint(name: name, settings: settings, figures: figures)
      }
    let path = folder.file("tuned.h5")
    try PlanWriter.write(contents, weights: RandomWeights(seed: 1), to: path)
    return path
  }

  @Test func `progress that nobody watches is a line a stage`() throws {
    let set = try Scenes.set("test", 3, in: folder)
    let result = try Program.run(
      "espalier",
      ["evaluate", try ReferencePlan.path(), "--set", set, "--baselines", "none", "--no-second-turn"])
    #expect(result.status == 0)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 1 && lines[0].hasPrefix("evaluating 1 points"), "\(result.errors)")
    #expect(!result.errors.contains("\u{1B}") && !result.errors.contains("\r"))
  }
}
