import ArgumentParser
import Calibration
import Cluster
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
  @OptionGroup var estimating: EstimateArguments
  @OptionGroup var sharding: ShardArguments
  @OptionGroup(title: "Room") var room: RoomArguments
  @OptionGroup(title: "Ranks") var teamwork: TeamArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    try estimating.check(resumption)
    if estimating.estimate, sharding.shard != nil {
      throw ValidationError("--estimate is of a whole calibration: it takes no --shard.")
    }
    if sharding.shard != nil, output == nil {
      throw ValidationError("--shard writes a file of its own: say which with --output.")
    }
  }

  func run(as team: Team) throws {
    Interruption.install()
    if let shard = sharding.shard { return try run(shard, team) }
    let target = output ?? plan
    let options = calibration.options(effort)
    try AtomicFile.check(target, inputs: [set])
    if estimating.estimate { return try showEstimate(target, options, team) }
    let lock = team.isFirst ? try OutputLock(for: target) : nil
    defer { lock?.release() }
    let state = try StateFile(.calibration, for: target, resumption, team)
    let (work, contents) = try StateFile.keeping([state], of: target) {
      let (work, samples) = try prepared(target, options, state, team)
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

  /// The plan as it is, and the samples; what is wrong with them shows before the work begins.
  private func begin(
    _ target: String, _ options: CalibrationOptions, _ team: Team
  ) throws -> (PlanWork, SampleSet) {
    let read = try sets.read(set) { $0.spread(options.limit) }
    try AtomicFile.refuse(target, inputs: read.pictures)
    let opened = try PlanWork(plan, engine, team)
    try team.checkSame(opened.plan.weightsDigest, "plan")
    if team.isLeader { try opened.checkRoom(for: room.place(for: target, team), plans: Self.plans) }
    return (opened, try sets.fitting(read, opened.context))
  }

  /// Plans that are written: one with its neurons in order, and the one with the calibration.
  private static let plans = 2

  private func showEstimate(_ target: String, _ options: CalibrationOptions, _ team: Team) throws {
    let (opened, samples) = try begin(target, options, team)
    try estimating.show(
      [opened.estimate(samples, options: options).0], fileSize: opened.plan.fileSize, plans: Self.plans,
      room: room.room(for: target, team), asJSON: false)
  }

  /// The plan with its neurons in order, and the samples.
  private func prepared(
    _ target: String, _ options: CalibrationOptions, _ state: StateFile, _ team: Team
  ) throws -> (PlanWork, SampleSet) {
    let (opened, samples) = try begin(target, options, team)
    if let path = state.path {
      try CalibrationState.check(path, samples: try samples.digest(), options: options)
    }
    let place = room.place(for: target, team)
    let work = try opened.orderingNeurons(by: samples, options: options, state: state, near: place)
      .narrowing(by: samples, options: options)
    return (work, samples)
  }

  /// Does one shard of a calibration, as far as that goes without the others.
  private func run(_ shard: ShardArguments.Shard, _ team: Team) throws {
    guard team.ranks.count == 1, let output else {
      throw ExecutionError("--shard is for processes that do not know of each other")
    }
    var options = calibration.options(effort)
    // What is left out depends on what other shards find.
    options.isExhaustive = true
    try AtomicFile.check(output, inputs: [plan, set])
    let lock = try OutputLock(for: output)
    defer { lock.release() }
    let state = try StateFile(.calibration, for: output, resumption)
    let found = try StateFile.keeping([state], of: output) {
      let (work, samples) = try prepared(output, options, state, team)
      return try work.calibrateShard(
        samples, shard: .shard(number: shard.number - 1, of: shard.count), options: options,
        room: try room.room(for: output, team), statePath: state.path, resuming: state.resuming)
    }
    try CalibrationShard(number: shard.number, count: shard.count, state: found).write(to: output)
    state.discard()
  }
}
