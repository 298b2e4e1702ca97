import Compute
import Figures
import Glibc
import Inference
import PlanFormat

/// The runtime's command line: a plan, pictures and a question in, an answer out.
@main
struct EspalierRun {
  static func main() {
    do {
      switch try Arguments.parse(Array(CommandLine.arguments.dropFirst())) {
      case .help: print(Arguments.help, terminator: "")
      case .version: print("0.1.0")
      case .run(let arguments): try run(arguments)
      }
    } catch let error as Arguments.UsageError {
      complain("Error: \(error)\nUsage: espalier-run <plan> --image <file> ... --prompt <text> [options]\n")
      exit(64)
    } catch {
      complain("Error: \(error)\n")
      exit(1)
    }
  }

  private static func run(_ arguments: Arguments) throws {
    let start = StageClock.now
    let plan = try Plan(
      contentsOf: arguments.plan, verifying: arguments.checksWeights ? .everything : .smallDatasets)
    let point =
      try arguments.maxFirstToken.map { try plan.point(firstTokenWithin: $0) }
      ?? plan.point(named: arguments.point)
    let context = Context(
      try Model(plan, cachePrecision: arguments.cache),
      threads: arguments.threads ?? WorkerPool.recommendedThreads)
    let load = StageClock.now - start
    var script = arguments.script
    let isDialogue = script.isDialogue
    // One question needs nothing kept for the next.
    let dialogue = try Dialogue(context, point: point, policy: isDialogue ? arguments.policy : .accept)
    var question = arguments.question
    while let conversation = try script.nextQuestion() {
      question.conversation = conversation
      var answer = try dialogue.answer(question) { text in
        if !arguments.isJSON { show(text) }
      }
      script.didAnswer(answer.text)
      answer.seconds.load = load
      // An object a line where there may be several.
      show(arguments.isJSON ? (isDialogue ? answer.json.line : answer.json.text) + "\n" : "\n")
    }
  }

  /// Writes to stdout at once, as the answer grows.
  private static func show(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }

  private static func complain(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
