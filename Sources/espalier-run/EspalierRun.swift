import Compute
import Figures
import FileNames
import Glibc
import Inference
import Output
import Plan
import PlanFile
import Signatures
import Tokenization

/// The runtime's command line: a plan, pictures and a question in, an answer out.
@main
struct EspalierRun {
  static func main() {
    let problem = ProcessStart.prepare()
    do {
      if let problem { throw ExecutionError(problem) }
      switch try Arguments.parse(CommandLine.words) {
      case .help: try StandardOutput.write(Arguments.help)
      case .version(let isVerbose):
        try StandardOutput.line(isVerbose ? SelfTest.description : ProgramVersion.current)
      case .selfTest: try SelfTest.run()
      case .run(let arguments): try run(arguments)
      }
      try StandardOutput.finish()
    } catch let error as Arguments.UsageError {
      StandardError.line("Error: \(error)")
      StandardError.line("Usage: espalier-run <plan> [--image <file> ...] --prompt <text> [options]")
      exit(64)
    } catch {
      end(with: error)
    }
  }

  private static func run(_ arguments: Arguments) throws {
    if let problem = KernelChoice.problem { throw ExecutionError(problem) }
    let start = StageClock.now
    let pictures = try arguments.pictures()
    let keys = try arguments.trustedKeys.map { try TrustedKeys(contentsOf: $0) }
    let plan = try Plan(
      contentsOf: arguments.plan, verifying: arguments.checksWeights ? .everything : .smallDatasets,
      trusting: keys)
    var point =
      try arguments.maxFirstToken.map { try plan.point(firstTokenWithin: $0) }
      ?? plan.point(named: arguments.point ?? "dense")
    if let resolution = try arguments.resolution(for: plan.contents.image.tiling) {
      point.settings.picture.resolution = resolution
    }
    let context = Context(
      try Model(plan, cachePrecision: arguments.cache, pagesWeights: arguments.isLowMemory),
      threads: arguments.threads ?? WorkerPool.recommendedThreads)
    let load = StageClock.now - start
    var question = arguments.question
    question.options.grammar = try GrammarFile.grammar(arguments, for: context.model)
    if let folder = arguments.watchedFolder {
      let asking = FolderQuestion(
        question, arguments.script, context, point, maxMemory: arguments.maxMemory, pictures)
      return try asking.answerAll(in: folder)
    }
    question.images = try PictureNames.sources(arguments.images, within: question.decodeLimits)
    var script = arguments.script
    let isDialogue = script.isDialogue
    // One question needs nothing kept for the next.
    let dialogue = try Dialogue(
      context, point: point, policy: isDialogue ? arguments.policy : .accept, maxMemory: arguments.maxMemory,
      cache: pictures)
    var failure: (any Error)?
    while let conversation = try script.nextQuestion() {
      question.conversation = conversation
      do {
        var answer = try dialogue.answer(question) { text in
          if !arguments.isJSON { show(text) }
        }
        script.didAnswer(answer.text)
        answer.seconds.load = load
        // An object a line where there may be several.
        try StandardOutput.line(
          arguments.isJSON ? (isDialogue ? answer.json.line : answer.json.text) : "")
        failure = nil
      } catch let error where isAboutPrompt(error) && script.isAtLine {
        // What one line of a chat says is nothing that ends the dialogue.
        StandardError.line("Error: \(error)")
        script.didFail()
        failure = error
      }
    }
    if script.readsLines { try checkStandardInput() }
    // It was said when it happened.
    if failure != nil { exit(1) }
  }

  /// Throws when the lines have ended because they cannot be read.
  private static func checkStandardInput() throws {
    var byte: UInt8 = 0
    guard read(STDIN_FILENO, &byte, 1) < 0, let text = strerror(errno) else { return }
    throw ExecutionError("standard input: cannot be read: \(String(cString: text))")
  }

  /// Whether another prompt may be answered where this one was not.
  private static func isAboutPrompt(_ error: any Error) -> Bool {
    error is PromptError || ["prompt", "request"].contains((error as? InferenceError)?.object)
  }

  /// Writes a piece of an answer at once; to a terminal without what would control it.
  private static func show(_ text: String) {
    do {
      try StandardOutput.write(
        StandardOutput.isTerminal ? text.printable(limit: .max, keeping: ["\n", "\t"]) : text)
    } catch {
      // Nobody is left to decode for.
      end(with: error)
    }
  }

  private static func end(with error: any Error) -> Never {
    StandardError.line("Error: \(error)")
    exit(1)
  }
}

/// Why a question cannot be answered here, in one line.
struct ExecutionError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
