import ArgumentParser
import Calibration

/// Options of every verb that calibrates or searches: how much is tried.
struct EffortArguments: ParsableArguments {
  @Option(help: "Most tokens of an answer.")
  var maxTokens = CalibrationOptions().maxTokens

  @Flag(
    help: """
      Run every candidate on all samples. Without it those that are surely behind leave early, which takes a fraction of \
      the time and chooses the same.
      """)
  var exhaustive = false

  func validate() throws {
    try OptionRange.check("max-tokens", maxTokens, OptionRange.tokens)
  }
}
