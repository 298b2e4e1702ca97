import ArgumentParser
import Calibration
import Evaluation
import PlanFormat

/// Derives the calibration of a plan.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Derive layer rankings, the retention profile and transport cost weights for a plan.")

  @Argument(help: "Plan to calibrate.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    name: .customLong("set"),
    help: "Calibration set: JSON Lines, LLaVA conversations, or a folder of pictures.",
    completion: .file(extensions: ["jsonl"]))
  var set: String

  @Option(name: .shortAndLong, help: "Plan to write. (default: the plan itself)")
  var output: String?

  @OptionGroup var sets: SetArguments
  @OptionGroup var calibration: CalibrationArguments
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let samples = try sets.read(set) { $0.spread(calibration.options.limit) }
    let target = output ?? plan
    let work = try PlanWork(plan, engine)
      .orderingNeurons(by: samples, options: calibration.options, near: target)
    let state = PlanWork.statePath(target)
    var contents = work.plan.contents
    contents.calibration = try work.calibrate(
      samples, options: calibration.options, statePath: state, resuming: calibration.resume)
    // Points that were measured with another calibration would no longer be true.
    contents.points = []
    contents.front = []
    try work.write(contents, to: target)
    PlanWork.discard(state)
  }
}
