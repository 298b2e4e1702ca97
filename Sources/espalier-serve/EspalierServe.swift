import ArgumentParser
import CProgram
import Glibc
import Output

/// The server's command line.
@main
struct EspalierServe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "espalier-serve",
    abstract: "Answer from a pruning plan behind the interfaces that clients of OpenAI and Ollama speak.",
    discussion: """
      Listens on this machine alone unless --host says otherwise, and shows a page at its address. Every option can be \
      given in the environment as well: --max-stall as ESPALIER_SERVE_MAX_STALL, and so on; the command line \
      comes first. SIGTERM ends the server once what it has is answered, a second one at once.
      """,
    version: ProgramVersion.current)

  @Argument(help: ArgumentHelp("Plan written by 'espalier compile'.", valueName: "plan"))
  var plan: String

  @OptionGroup(title: "Address") var address: AddressOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions
  @OptionGroup(title: "Log") var log: LogOptions

  static func main() async {
    let problem = ProcessStart.prepare()
    espalier_return_memory()
    do {
      if let problem { throw ExecutionError(problem) }
      let words = try EnvironmentOptions.words(Array(CommandLine.arguments.dropFirst()))
      var command = try parseAsRoot(words)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      try StandardOutput.finish()
    } catch {
      Glibc.exit(report(error))
    }
  }

  func run() async throws {
    try await ServerRun(self).run()
  }

  private static func report(_ error: any Error) -> Int32 {
    let text = fullMessage(for: error)
    let code = exitCode(for: error)
    guard code.isSuccess else {
      let lines = code == .validationFailure ? text.split(separator: "\n").map(String.init) : [text]
      for line in lines { StandardError.line(line) }
      return code.rawValue
    }
    do {
      if !text.isEmpty { try StandardOutput.line(text) }
      try StandardOutput.finish()
      return code.rawValue
    } catch {
      StandardError.line("Error: \(error)")
      return 1
    }
  }
}

/// Why the server cannot do what it was asked for, in one line.
struct ExecutionError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
