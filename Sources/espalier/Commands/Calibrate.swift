import ArgumentParser
import Calibration
import Evaluation
import Output
import Plan
import PlanFile

/// Derives the calibration of a plan.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Derive layer rankings, the retention profile and transport cost weights for a plan.")

  @Argument(help: "Plan to calibrate.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    name: .customLong("set"), parsing: .unconditional,
    help: "Calibration set: JSON Lines, LLaVA conversations, or a folder of pictures.",
    completion: .file(extensions: ["jsonl"]))
  var set: String

  @Option(name: .shortAndLong, parsing: .unconditional, help: "Plan to write. (default: the plan itself)")
  var output: String?

  @OptionGroup var sets: SetArguments
  @OptionGroup var calibration: CalibrationArguments
  @OptionGroup var effort: EffortArguments
  @OptionGroup var resumption: ResumeArguments
  @OptionGroup var engine: EngineOptions

  func run() throws {
    Interruption.install()
    let target = output ?? plan
    let options = calibration.options(effort)
    try AtomicFile.check(target, inputs: [set])
    let lock = try OutputLock(for: target)
    defer { lock.release() }
    let state = try StateFile(.calibration, for: target, resumption)
    let (work, contents) = try StateFile.keeping([state], of: target) {
      let read = try sets.read(set) { $0.spread(options.limit) }
      try AtomicFile.refuse(target, inputs: read.pictures)
      let opened = try PlanWork(plan, engine)
      // One with its neurons in order, and the one with the calibration.
      try opened.checkRoom(for: target, plans: 2)
      let samples = try sets.fitting(read, opened.context)
      if let path = state.path {
        try CalibrationState.check(path, samples: try samples.digest(), options: options)
      }
      let work = try opened.orderingNeurons(by: samples, options: options, near: target)
        .narrowing(by: samples, options: options)
      var contents = work.contents
      contents.calibration = try work.calibrate(
        samples, options: options, statePath: state.path, resuming: state.resuming)
      // Points that were measured with another calibration would no longer be true.
      contents.points = []
      contents.front = []
      return (work, contents)
    }
    try work.write(contents, to: target)
    state.discard()
  }
}
