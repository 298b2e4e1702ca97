import ArgumentParser
import Compute
import Evaluation
import Figures
import Inference
import PlanFormat

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

  @Option(help: "Picture (JPEG or PNG); may be repeated.", completion: .file())
  var image: [String] = []

  @Option(help: "The question.")
  var prompt = "Describe the image."

  @Option(help: "Points to time, separated by commas. (default: all of the plan)")
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
    for (name, value, least) in [
      ("tokens", tokens, 2), ("repetitions", repetitions, 1), ("warm-up", warmUp, 0),
    ] {
      if value < least || value > 100_000 { throw ValidationError("--\(name) must be at least \(least).") }
    }
    if let parts, !(8...100_000).contains(parts) {
      throw ValidationError("--parts must be within 8 ... 100000.")
    }
  }

  func run() throws {
    let opened = try Plan(contentsOf: plan)
    let chosen = try points(of: opened)
    let session = try Session(opened, threads: engine.count, cachePrecision: engine.cache)
    let limits = MachineLimits(session.engine.workers) { StageClock.now }
    if let parts {
      let bench = try PartsBench(
        opened, session.engine.workers, limits, cache: session.engine.cachePrecision, rows: parts,
        repetitions: repetitions)
      return print("\(BenchReport(opened, limits, []).title)\n\n\(try bench.table().text)")
    }
    var question = Question(images: image, prompt: prompt)
    question.maxTokens = tokens
    var runs = chosen.map { _ in [Answer]() }
    for turn in 0..<(warmUp + repetitions) {
      for place in chosen.indices {
        let index = (place + turn) % chosen.count
        let answer = try session.answer(question, point: chosen[index])
        if turn >= warmUp { runs[index].append(answer) }
      }
    }
    let report = BenchReport(
      opened, limits, zip(chosen, runs).compactMap { BenchRow($0, $1, opened, limits) })
    print(report.text(format))
  }

  private func points(of plan: Plan) throws -> [OperatingPoint] {
    var chosen = plan.contents.points.isEmpty ? [.dense] : plan.contents.points
    if let points { chosen = try points.split(separator: ",").map { try plan.point(named: String($0)) } }
    return chosen + (custom.point(plan.contents).map { [$0] } ?? [])
  }
}

/// How a bench is printed.
enum BenchFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, csv, markdown
}
