import ArgumentParser
import Compute
import Evaluation
import Figures
import Inference
import Plan
import PlanFile

/// Measures operating points on a set.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure operating points on a set: accuracy, divergence, agreement, times and sizes.",
    discussion:
      "Options that begin with 'Custom point' describe one more point to measure beside the plan's own.")

  @Argument(help: "Plan to evaluate.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    name: .customLong("set"), parsing: .unconditional,
    help: "Set to evaluate on: JSON Lines, LLaVA conversations, or a folder of pictures.",
    completion: .file(extensions: ["jsonl"]))
  var set: String

  @Option(
    parsing: .unconditional,
    help:
      "Plan of the same model to compare with, such as one of f32 weights. (default: the plan's own dense runs)",
    completion: .file(extensions: ["h5"]))
  var against: String?

  @Flag(help: "Print the scores as JSON.")
  var json = false

  @OptionGroup var evaluation: EvaluationArguments
  @OptionGroup(title: "Custom point") var custom: PruningArguments
  @OptionGroup var engine: EngineOptions

  func run() throws {
    Interruption.install()
    let opened = try Plan(contentsOf: plan)
    let contenders = try evaluation.contenders(of: opened, and: try custom.point(opened.contents))
    let context = try engine.context(opened)
    let samples = try evaluation.samples(of: set, for: opened, in: context)
    let dense = try against.map { path in
      let other = try Plan(contentsOf: path)
      guard other.contents.tokenizer == opened.contents.tokenizer,
        other.contents.model == opened.contents.model
      else { throw PlanError(file: path, reason: "is a plan of another model than \(plan)") }
      return SampleRunner(
        try engine.context(other),
        maxTokens: evaluation.maxTokens)
    }
    let run = EvaluationRun(
      samples: samples, contenders: contenders,
      runner: SampleRunner(context, maxTokens: evaluation.maxTokens))
    let scores = try run.scores(dense: dense)
    let second = try evaluation.secondTurn ? run.secondTurns() : []
    try printResult(
      report(samples, scores, second, threads: context.pool.count), asJSON: json
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
}
