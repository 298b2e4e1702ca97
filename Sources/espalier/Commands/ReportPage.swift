import ArgumentParser
import Compute
import Evaluation
import Foundation
import Inference
import Output
import Plan
import PlanFile
import Reporting

/// Writes a page about a plan.
struct ReportPage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page about a plan: what it prunes, what that saves, and what it costs.",
    discussion: """
      One HTML file that needs nothing else. Without --set it shows what the plan holds; with it, every point and its \
      baselines are measured on the set as by 'evaluate', whose tables are printed, and drawn over some of its pictures.
      """)

  @Argument(help: "Plan to report on.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    name: .shortAndLong, parsing: .unconditional, help: "Page to write.",
    completion: .file(extensions: ["html"]))
  var output: String

  @Option(
    name: .customLong("set"), parsing: .unconditional,
    help: "Set to measure on: JSON Lines, LLaVA conversations, or a folder of pictures.",
    completion: .file(extensions: ["jsonl"]))
  var set: String?

  @Option(help: "Samples to draw with what each point keeps of them.")
  var pictures: Int = 4

  @OptionGroup var evaluation: EvaluationArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    try OptionRange.check("pictures", pictures, 0...1000)
    if set == nil, evaluation.limit != nil || evaluation.points != nil || evaluation.allowOverlap {
      throw ValidationError("--limit, --points and --allow-overlap say how to measure, which takes a --set.")
    }
  }

  func run() throws {
    Interruption.install()
    // Measuring takes long: what would be lost at its end, or would lose the plan, is refused before.
    try AtomicFile.check(output, inputs: [plan] + [set].compactMap { $0 })
    let opened = try Plan(contentsOf: plan)
    let record = try Interruption.leaving(output) { try set.map { try measure($0, opened) } }
    let report = Report(PlanFacts(opened), evaluation: record, command: command)
    try AtomicFile.write(Array(report.html.utf8), to: output)
    if let record { try StandardOutput.line(ScoreTable.text(record.scores, record.secondTurns)) }
  }

  private func measure(_ path: String, _ opened: Plan) throws -> EvaluationRecord {
    let context = try engine.context(opened)
    let samples = try evaluation.samples(of: path, for: opened, in: context)
    try AtomicFile.refuse(output, inputs: samples.pictures)
    let run = EvaluationRun(
      samples: samples, contenders: try evaluation.contenders(of: opened),
      runner: SampleRunner(context, maxTokens: evaluation.maxTokens))
    let scores = try run.scores()
    let second = try evaluation.secondTurn ? run.secondTurns() : []
    run.progress.begin("kept patches", total: samples.samples.count)
    let patches = try PatchSurvey(run.runner, points: run.points).survey(
      samples, drawing: SampleChoice.places(pictures, in: scores)
    ) { try run.progress.advance(by: 1) }
    run.progress.end("\(samples.samples.count) samples")
    try opened.checkUnchanged()
    return EvaluationRecord(
      set: path, setDigest: try samples.digest(), threads: context.pool.count,
      maxTokens: evaluation.maxTokens, scores: scores, secondTurns: second, patches: patches,
      mayOverlap: evaluation.allowOverlap)
  }

  /// The command line as it was given, quoted for a shell where it has to be.
  private var command: String {
    let words = CommandLine.arguments.dropFirst().map { word in
      let isPlain = word.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic && $0.isASCII || ("0"..."9").contains($0)
          || "-_./=,:+".unicodeScalars.contains($0)
      }
      return isPlain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
    return (["espalier"] + words).joined(separator: " ")
  }
}
