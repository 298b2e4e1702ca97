import ArgumentParser
import Compute
import Evaluation
import Figures
import Inference
import Output
import Plan
import PlanFile

/// Times the stages of a plan beside what the machine can do.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time every stage of a question at each operating point, beside the machine's own limits.",
    discussion: """
      Points take turns, so that a machine that slows down slows all of them alike. Rates are shares of what the same \
      threads reach on operands in registers and on reading memory. Options that begin with 'Custom point' describe \
      one more point to time beside the plan's own.
      """)

  @Argument(help: "Plan to time.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    parsing: .unconditionalSingleValue, help: "Picture (JPEG, PNG, WebP, GIF or BMP); may be repeated.",
    completion: .file())
  var image: [String] = []

  @Option(parsing: .unconditional, help: "The question.")
  var prompt = "Describe the image."

  @Option(
    help: ArgumentHelp(
      "Sizes of the prompt to time, separated by commas: the question is repeated until it has as many tokens.",
      valueName: "tokens"))
  var promptTokens: String?

  @Option(parsing: .unconditional, help: "Points to time, separated by commas. (default: all of the plan)")
  var points: String?

  @Option(help: "Tokens to decode.")
  var tokens = 32

  @Option(help: "Runs that count.")
  var repetitions = 5

  @Option(help: "Runs before those.")
  var warmUp = 1

  @Option(
    help: ArgumentHelp(
      "Time the parts of a decoder layer on this many rows instead of whole questions.", valueName: "rows"))
  var parts: Int?

  @Option(help: "Form of the result; --parts knows only text.")
  var format = BenchFormat.text

  @OptionGroup(title: "Custom point") var custom: PruningArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    try OptionRange.check("tokens", tokens, 2...OptionRange.tokens.upperBound)
    try OptionRange.check("repetitions", repetitions, OptionRange.runs)
    try OptionRange.check("warm-up", warmUp, 0...OptionRange.runs.upperBound)
    try OptionRange.check("parts", parts, 8...OptionRange.tokens.upperBound)
    if let promptTokens {
      let words = promptTokens.split(separator: ",", omittingEmptySubsequences: false)
      guard words.count == sizes.count, sizes.allSatisfy({ OptionRange.tokens.contains($0) }), !prompt.isEmpty
      else {
        throw ValidationError("--prompt-tokens takes sizes within 1 ... 1000000, separated by commas.")
      }
    }
  }

  func run() throws {
    let opened = try Plan(contentsOf: plan)
    let chosen = try points(of: opened)
    let context = try engine.context(opened)
    let questions =
      parts == nil
      ? try BenchQuestions(context, images: image, prompt: prompt, tokens: tokens).questions(sizes: sizes)
      : []
    if let parts, parts > context.model.text.contextLength {
      throw ExecutionError("--parts: has \(parts) rows; the model takes \(context.model.text.contextLength)")
    }
    let workers = Workers(context.pool)
    let limits = MachineLimits(workers) { StageClock.now }
    if let parts {
      let bench = try PartsBench(
        opened, workers, limits, cache: context.model.cachePrecision, rows: parts,
        repetitions: repetitions)
      return try StandardOutput.line("\(BenchReport(opened, limits, []).title)\n\n\(try bench.table().text)")
    }
    let subjects = questions.flatMap { size, question in
      chosen.map { Subject(name: $0.name + (size.map { "@\($0)" } ?? ""), point: $0, question: question) }
    }
    var runs = subjects.map { _ in [Answer]() }
    for turn in 0..<(warmUp + repetitions) {
      for place in subjects.indices {
        let index = (place + turn) % subjects.count
        let answer = try context.answer(subjects[index].question, point: subjects[index].point)
        if turn >= warmUp { runs[index].append(answer) }
      }
    }
    let rows = zip(subjects, runs).compactMap { subject, answers in
      BenchRow(subject.name, subject.point.settings, answers, opened, limits)
    }
    try StandardOutput.line(BenchReport(opened, limits, rows).text(format))
  }

  /// What is timed as one.
  private struct Subject {
    let name: String
    let point: OperatingPoint
    let question: Question
  }

  private var sizes: [Int] { promptTokens?.split(separator: ",").compactMap { Int($0) } ?? [] }

  private func points(of plan: Plan) throws -> [OperatingPoint] {
    var chosen = plan.contents.points.isEmpty ? [.dense] : plan.contents.points
    if let points { chosen = try points.split(separator: ",").map { try plan.point(named: String($0)) } }
    return chosen + (try custom.point(plan.contents).map { [$0] } ?? [])
  }
}

/// How a bench is printed.
enum BenchFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, csv, markdown
}
