import ArgumentParser
import Compute
import Glibc
import Output

/// The toolchain's command line.
@main
struct Espalier: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "espalier",
    abstract: "Compile a vision-language model into a pruning plan, and measure it.",
    discussion: """
      A plan is one HDF5 file with the weights, what calibration found, and measured operating points. \
      The runtime `espalier-run` answers questions from it.
      """,
    version: version,
    subcommands: [
      Compile.self, Import.self, Calibrate.self, Merge.self, Tune.self, Retime.self, Evaluate.self,
      Inspect.self,
      ReportPage.self, Explain.self, Verify.self, Sign.self, Trace.self, Bench.self,
    ])

  static let version = ProgramVersion.current

  /// Runs the verb. Whatever fails, the writing of its result included, is one line on stderr and an exit code.
  static func main() {
    let problem = ProcessStart.prepare()
    do {
      if let problem { throw ExecutionError(problem) }
      var command = try TeamRun.parse { try parseAsRoot() }
      if let problem = KernelChoice.problem { throw ExecutionError(problem) }
      if TeamRun.isNeeded { try TeamRun.run(command, report: report) }
      try command.run()
      try StandardOutput.finish()
    } catch {
      ConsoleProgress.clear()
      Glibc.exit(report(error).rawValue)
    }
  }

  private static func report(_ error: any Error) -> ExitCode {
    let text = fullMessage(for: error)
    let isResumable = (error as? Interruption)?.isResumable ?? false
    let code = isResumable ? ExitCode(Interruption.status) : exitCode(for: error)
    guard code.isSuccess else {
      // What is wrong with a command line is followed by how it should be.
      let lines = code == .validationFailure ? text.split(separator: "\n").map(String.init) : [text]
      for line in lines { StandardError.line(line) }
      return code
    }
    // Help, the version, a script for a shell.
    do {
      if !text.isEmpty { try StandardOutput.line(text) }
      try StandardOutput.finish()
      return code
    } catch {
      StandardError.line("Error: \(error)")
      return .failure
    }
  }
}

/// Why a verb cannot do what it was asked for, in one line.
struct ExecutionError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
