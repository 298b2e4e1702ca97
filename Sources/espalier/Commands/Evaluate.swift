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
    name: .customLong("set"),
    help: "Set to evaluate on: JSON Lines, LLaVA conversations, or a folder of pictures.",
    completion: .file(extensions: ["jsonl"]))
  var set: String

  @Option(help: "Points to measure, separated by commas. (default: all of the plan)")
  var points: String?

  @Option(
    help: ArgumentHelp(
      "Baselines to run at each point's budget, separated by commas: importance rules, reduced_image, shuffled, no_image; or none.",
      valueName: "names"))
  var baselines: String = Baseline.standard.map(\.name).joined(separator: ",")

  @Option(
    help:
      "Plan of the same model to compare with, such as one of f32 weights. (default: the plan's own dense runs)",
    completion: .file(extensions: ["h5"]))
  var against: String?

  @Option(help: "Use only the first samples of the set.")
  var limit: Int?

  @Flag(
    help: "Evaluate on pictures that the plan was calibrated or tuned on. What comes of it flatters the plan."
  )
  var allowOverlap = false

  @Flag(
    inversion: .prefixedNo,
    help: "Ask neighbours of the set that share a picture as two questions of one dialogue, too.")
  var secondTurn = true

  @Option(help: "Most tokens of an answer.")
  var maxTokens: Int = 64

  @Flag(help: "Print the scores as JSON.")
  var json = false

  @OptionGroup(title: "Custom point") var custom: PruningArguments
  @OptionGroup var sets: SetArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be positive.") }
    if maxTokens < 1 { throw ValidationError("--max-tokens must be positive.") }
    for name in baselineNames where Baseline(name: name) == nil {
      let others = ["reduced_image", "shuffled", "no_image", "none"]
      let known = (ImportanceRule.allCases.map(\.rawValue) + others).joined(separator: ", ")
      throw ValidationError("unknown baseline '\(name)'; known are \(known).")
    }
  }

  private var baselineNames: [String] {
    baselines == "none" ? [] : baselines.split(separator: ",").map(String.init)
  }

  func run() throws {
    let samples = try sets.read(set) { $0.first(limit) }
    let opened = try Plan(contentsOf: plan)
    if !allowOverlap, let provenance = opened.contents.calibration?.provenance {
      try samples.checkDisjoint(from: provenance.pictures, usedFor: "calibration")
      try samples.checkDisjoint(from: provenance.validationPictures, usedFor: "validation")
    }
    let chosen = try contenders(of: opened)
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
    let points = chosen.count { $0.baseline == nil }
    progress.begin(
      "evaluating \(points) points and \(chosen.count - points) runs of baselines",
      total: samples.samples.count)
    let runner = SampleRunner(session, maxTokens: maxTokens)
    let scores = try Evaluator(runner, dense: dense).evaluate(samples, contenders: chosen) { _, _ in
      try progress.advance(by: 1)
    }
    progress.end("\(samples.samples.count) samples")
    for score in scores { try score.checkPruned() }
    let second = try secondTurn ? secondTurns(samples, runner, chosen, progress) : []
    printResult(
      report(samples, scores, second, threads: session.engine.workers.count), asJSON: json
    ) { ScoreTable.text(scores, second) }
  }

  private func report(
    _ samples: SampleSet, _ scores: [PointScore], _ second: [SecondTurnScore], threads: Int
  ) -> JSON {
    .object([
      "plan": .string(plan), "set": .string(set), "samples": .integer(samples.samples.count),
      "threads": .integer(threads), "points": .array(scores.map(\.json)),
      "baselines": .array(BaselineScore.all(in: scores).map(\.json)),
      "beside_dense": .object(
        scores.dropFirst().filter { $0.contender.baseline == nil }
          .map { ($0.point.name, $0.compared(with: scores[0]).json) }),
      "second_turn": .array(second.map { $0.json(beside: second[0]) }),
    ])
  }

  private func secondTurns(
    _ samples: SampleSet, _ runner: SampleRunner, _ contenders: [Contender], _ progress: ConsoleProgress
  ) throws -> [SecondTurnScore] {
    let dialogues = SecondTurnEvaluator.dialogues(samples).count
    if dialogues == 0 { return [] }
    progress.begin("second questions", total: dialogues)
    let scores = try SecondTurnEvaluator(runner).evaluate(
      samples, points: contenders.filter { $0.baseline == nil }.map(\.point)
    ) { try progress.advance(by: 1) }
    progress.end("\(dialogues) dialogues")
    return scores.first?.samples ?? 0 > 0 ? scores : []
  }

  /// Dense first, as every figure stands beside it; then the points, then the baselines of each.
  private func contenders(of plan: Plan) throws -> [Contender] {
    let points = try points(of: plan)
    let layers = plan.contents.model.text.layers
    let baselines = points.dropFirst().flatMap { point in
      baselineNames.compactMap { Baseline(name: $0) }.filter { $0 != .noImage }.flatMap {
        $0.contenders(to: point, layers: layers)
      }
    }
    let without = baselineNames.contains(Baseline.noImage.name) ? points.prefix(1) : []
    return points.map { Contender(point: $0) } + baselines
      + without.flatMap { Baseline.noImage.contenders(to: $0, layers: layers) }
  }

  private func points(of plan: Plan) throws -> [OperatingPoint] {
    let names = points.map { $0.split(separator: ",").map(String.init) } ?? plan.pointNames
    var list = [try plan.point(named: "dense")]
    for name in names where name != "dense" { list.append(try plan.point(named: name)) }
    if let point = custom.point(plan.contents) { list.append(point) }
    return list
  }
}
