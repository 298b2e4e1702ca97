import ArgumentParser
import Evaluation
import Inference
import Plan
import PlanFile
import Tokenization

/// Options of every verb that measures points on a set.
struct EvaluationArguments: ParsableArguments {
  @Option(parsing: .unconditional, help: "Points to measure, separated by commas. (default: all of the plan)")
  var points: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Baselines to run at each point's budget, separated by commas: importance rules, fewest_pixels, reduced_image, shuffled, no_image; or none.",
      valueName: "names"))
  var baselines: String = Baseline.standard.map(\.name).joined(separator: ",")

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

  @OptionGroup var sets: SetArguments

  func validate() throws {
    try OptionRange.check("limit", limit, OptionRange.samples)
    try OptionRange.check("max-tokens", maxTokens, OptionRange.tokens)
    for name in baselineNames where Baseline(name: name) == nil {
      let others = ["fewest_pixels", "reduced_image", "shuffled", "no_image", "none"]
      let known = (ImportanceRule.allCases.map(\.rawValue) + others).joined(separator: ", ")
      throw ValidationError("unknown baseline '\(name)'; known are \(known).")
    }
  }

  private var baselineNames: [String] {
    baselines == "none" ? [] : baselines.split(separator: ",").map(String.init)
  }

  /// Reads the samples, which must not be those that the plan was made from.
  func samples(of path: String, for plan: Plan, in context: Context) throws -> SampleSet {
    let samples = try sets.fitting(try sets.read(path) { $0.first(limit) }, context)
    if !allowOverlap, let provenance = plan.contents.calibration?.provenance {
      try samples.checkDisjoint(from: provenance.pictures, usedFor: "calibration")
      try samples.checkDisjoint(from: provenance.validationPictures, usedFor: "validation")
    }
    return samples
  }

  /// Dense first, as every figure stands beside it; then the points, then the baselines of each.
  func contenders(of plan: Plan, and custom: OperatingPoint? = nil) throws -> [Contender] {
    let names = points.map { $0.split(separator: ",").map(String.init) } ?? plan.pointNames
    var list = [try plan.point(named: "dense")]
    for name in names where name != "dense" { list.append(try plan.point(named: name)) }
    if let custom { list.append(custom) }
    return Contender.all(
      points: list, baselines: baselineNames.compactMap { Baseline(name: $0) },
      text: plan.contents.model.text,
      resolutions: plan.contents.calibration?.resolution?.candidates.map(\.settings) ?? [])
  }
}

/// Measurements of contenders on samples, with their progress on stderr.
struct EvaluationRun {
  let samples: SampleSet
  let contenders: [Contender]
  let runner: SampleRunner
  let progress = ConsoleProgress()

  /// The points, dense first.
  var points: [OperatingPoint] { contenders.filter { $0.baseline == nil }.map(\.point) }

  /// Scores of all contenders; one that was to prune and did not is an error.
  func scores(dense: SampleRunner? = nil) throws -> [PointScore] {
    let count = points.count
    progress.begin(
      "evaluating \(count) points and \(contenders.count - count) runs of baselines",
      total: samples.samples.count)
    let scores = try Evaluator(runner, dense: dense).evaluate(samples, contenders: contenders) { _, _ in
      try progress.advance(by: 1)
    }
    progress.end("\(samples.samples.count) samples")
    for score in scores { try score.checkPruned() }
    return scores
  }

  /// Scores of second questions; none where no neighbours share a picture, or the model takes one question alone.
  func secondTurns() throws -> [SecondTurnScore] {
    let dialogues = SecondTurnEvaluator.dialogues(samples).count
    if dialogues == 0 { return [] }
    progress.begin("second questions", total: dialogues)
    let scores: [SecondTurnScore]
    do {
      // Reading all of it again gives the answers of keeping it.
      scores = try SecondTurnEvaluator(runner).evaluate(
        samples, points: points, policies: [.keep, .accept]
      ) {
        try progress.advance(by: 1)
      }
    } catch PromptError.noEarlierTurns {
      progress.end("none, as the chat template takes one turn alone")
      return []
    }
    progress.end("\(dialogues) dialogues")
    return scores.first?.samples ?? 0 > 0 ? scores : []
  }
}
