public import ArgumentParser
public import Logging

/// What is said on standard error.
struct LogOptions: ParsableArguments {
  @Option(help: "Least level of what is logged: trace, debug, info, notice, warning, error or critical.")
  var logLevel: Logger.Level = .info

  @Flag(help: "Log what is asked and answered, too.")
  var logPrompts = false
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
