import ArgumentParser
import Compute
import Evaluation
import Figures
import Inference
import PlanFormat

/// Measures operating points on a set.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure operating points on a set: accuracy, divergence, agreement, times and sizes.",
    discussion:
      "Options that begin with 'Custom point' describe one more point to measure beside the plan's own.")

  @Argument(help: "Plan to evaluate.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    name: .customLong("set"), help: "Set to evaluate on (JSON Lines).",
    completion: .file(extensions: ["jsonl"]))
  var set: String

  @Option(help: "Points to measure, separated by commas. (default: all of the plan)")
  var points: String?

  @Option(help: "Importance rules to run at each point's budget instead of its own, separated by commas.")
  var baselines: String?

  @Option(
    help:
      "Plan of the same model to compare with, such as one of f32 weights. (default: the plan's own dense runs)",
    completion: .file(extensions: ["h5"]))
  var against: String?

  @Option(help: "Use only the first samples of the set.")
  var limit: Int?

  @Option(help: "Most tokens of an answer.")
  var maxTokens: Int = 64

  @Flag(help: "Print the scores as JSON.")
  var json = false

  @OptionGroup(title: "Custom point") var custom: PruningArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be positive.") }
    if maxTokens < 1 { throw ValidationError("--max-tokens must be positive.") }
    for name in baselineNames where ImportanceRule(rawValue: name) == nil {
      let known = ImportanceRule.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("unknown baseline '\(name)'; known are \(known).")
    }
  }

  private var baselineNames: [String] { baselines?.split(separator: ",").map(String.init) ?? [] }

  func run() throws {
    let samples = try SampleSet(contentsOf: set).first(limit)
    let opened = try Plan(contentsOf: plan)
    let chosen = try self.points(of: opened)
    let session = try Session(opened, threads: engine.count, cachePrecision: engine.cache)
    let dense = try against.map { path in
      let other = try Plan(contentsOf: path)
      guard other.contents.tokenizer == opened.contents.tokenizer,
        other.contents.model == opened.contents.model
      else { throw PlanError(file: path, reason: "is a plan of another model than \(plan)") }
      return SampleRunner(
        try Session(other, threads: engine.count, cachePrecision: engine.cache), maxTokens: maxTokens)
    }
    let progress = ConsoleProgress()
    progress.begin("evaluating \(chosen.count) points", total: samples.samples.count)
    let runner = SampleRunner(session, maxTokens: maxTokens)
    let scores = try Evaluator(runner, dense: dense).evaluate(samples, points: chosen) { _, _ in
      try progress.advance(by: 1)
    }
    progress.end("\(samples.samples.count) samples")
    let result = JSON.object([
      "plan": .string(plan), "set": .string(set), "samples": .integer(samples.samples.count),
      "threads": .integer(session.engine.workers.count), "points": .array(scores.map(\.json)),
    ])
    printResult(result, asJSON: json) { ScoreTable.text(scores) }
  }

  /// Dense first: every figure stands beside it.
  private func points(of plan: Plan) throws -> [OperatingPoint] {
    let names = points.map { $0.split(separator: ",").map(String.init) } ?? plan.pointNames
    var list = [try plan.point(named: "dense")]
    for name in names where name != "dense" { list.append(try plan.point(named: name)) }
    if let point = custom.point(plan.contents) { list.append(point) }
    for point in list {
      guard var tokens = point.settings.tokens else { continue }
      for name in baselineNames {
        guard let rule = ImportanceRule(rawValue: name), rule != tokens.rule else { continue }
        tokens.rule = rule
        var settings = point.settings
        settings.tokens = tokens
        list.append(OperatingPoint(name: "\(point.name)+\(name)", settings: settings))
      }
    }
    return list
  }
}
