import ArgumentParser
import Calibration

/// Options of every verb that searches operating points.
struct SearchArguments: ParsableArguments {
  @Option(help: "Settings that the search of operating points visits.")
  var trials: Int = Tuner.Options().trials

  @Option(help: "Samples of the validation set, evenly spaced over it, that the search measures harm on.")
  var trialSamples: Int = Tuner.Options().screeningSamples

  @Flag(
    help: """
      Measure no times: costs are counted in operations, the same on every machine, and 'retime' measures times on the box \
      where the plan will run.
      """)
  var leaveTimes = false

  /// The options of a tuner.
  func options(_ effort: EffortArguments) -> Tuner.Options {
    var options = Tuner.Options()
    options.maxTokens = effort.maxTokens
    options.isExhaustive = effort.exhaustive
    options.leavesTimes = leaveTimes
    options.trials = trials
    options.screeningSamples = trialSamples
    return options
  }

  func validate() throws {
    try OptionRange.check("trials", trials, 1...1_000_000)
    try OptionRange.check("trial-samples", trialSamples, OptionRange.samples)
  }
}
