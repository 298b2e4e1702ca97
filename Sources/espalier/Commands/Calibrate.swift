import ArgumentParser
import Calibration
import Evaluation
import Output
import Plan
import PlanFile

/// Derives the calibration of a plan.
struct Calibrate: TeamVerb {
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
  @OptionGroup(title: "Room") var room: RoomArguments
  @OptionGroup(title: "Ranks") var teamwork: TeamArguments
  @OptionGroup var engine: EngineOptions

  func run(as team: Team) throws {
    Interruption.install()
    let target = output ?? plan
    let options = calibration.options(effort)
    try AtomicFile.check(target, inputs: [set])
    let lock = team.isFirst ? try OutputLock(for: target) : nil
    defer { lock?.release() }
    let state = try StateFile(.calibration, for: target, resumption, team)
    let (work, contents) = try StateFile.keeping([state], of: target) {
      let read = try sets.read(set) { $0.spread(options.limit) }
      try AtomicFile.refuse(target, inputs: read.pictures)
      let opened = try PlanWork(plan, engine, team)
      try team.checkSame(opened.plan.weightsDigest, "plan")
      let place = room.place(for: target, team)
      // One with its neurons in order, and the one with the calibration.
      if team.isLeader { try opened.checkRoom(for: place, plans: 2) }
      let samples = try sets.fitting(read, opened.context)
      if let path = state.path {
        try CalibrationState.check(path, samples: try samples.digest(), options: options)
      }
      let work = try opened.orderingNeurons(by: samples, options: options, near: place)
        .narrowing(by: samples, options: options)
      var contents = work.contents
      contents.calibration = try work.calibrate(
        samples, options: options, room: try room.room(for: target, team), statePath: state.path,
        resuming: state.resuming)
      // Points that were measured with another calibration would no longer be true.
      contents.points = []
      contents.front = []
      return (work, contents)
    }
    guard team.isFirst else { return }
    try work.write(contents, to: target)
    state.discard()
  }
}
