import ArgumentParser
import Calibration
import Evaluation
import Output
import Plan
import PlanFile
import Reporting

/// Finds the operating points of a calibrated plan.
struct Tune: TeamVerb {
  static let configuration = CommandConfiguration(
    abstract: "Find the operating points dense, quality, balanced and fast by measurement.")

  @Argument(help: "Calibrated plan.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    name: .customLong("set"), parsing: .unconditional,
    help: "Validation set: JSON Lines, LLaVA conversations, or a folder of pictures.",
    completion: .file(extensions: ["jsonl"]))
  var set: String

  @Option(name: .shortAndLong, parsing: .unconditional, help: "Plan to write. (default: the plan itself)")
  var output: String?

  @Option(help: "Use only the first samples of the set.")
  var limit: Int?

  @Flag(help: "Print the points as JSON.")
  var json = false

  @OptionGroup var sets: SetArguments
  @OptionGroup var search: SearchArguments
  @OptionGroup var effort: EffortArguments
  @OptionGroup var resumption: ResumeArguments
  @OptionGroup var estimating: EstimateArguments
  @OptionGroup(title: "Target") var target: TargetArguments
  @OptionGroup(title: "Room") var room: RoomArguments
  @OptionGroup(title: "Ranks") var teamwork: TeamArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    try OptionRange.check("limit", limit, OptionRange.samples)
    try target.check(search)
    try estimating.check(resumption)
  }

  func run(as team: Team) throws {
    Interruption.install()
    let output = output ?? plan
    try AtomicFile.check(output, inputs: [set])
    if estimating.estimate { return try showEstimate(output, team) }
    let lock = team.isFirst ? try OutputLock(for: output) : nil
    defer { lock?.release() }
    let state = try StateFile(.tuning, for: output, resumption, team)
    let (work, contents) = try StateFile.keeping([state], of: output) { try tuned(output, state, team) }
    guard team.isFirst else { return }
    try work.write(contents, to: output)
    state.discard()
    try printResult(PointTable.json(contents.points, front: contents.front), asJSON: json) {
      PointTable.text(contents.points)
        + "\n\nthe front behind them has \(contents.front.count) settings: 'espalier inspect' shows them"
    }
  }

  private func showEstimate(_ output: String, _ team: Team) throws {
    let (work, record, samples) = try begin(output, team)
    let estimate = try work.estimate(
      samples, record: record, budgets: target.budgets, options: search.options(effort))
    try estimating.show(
      [estimate], fileSize: work.plan.fileSize, plans: 1, room: room.room(for: output, team), asJSON: json)
  }

  /// The plan, its calibration and the samples; what is wrong with them shows before the work begins.
  private func begin(_ output: String, _ team: Team) throws -> (PlanWork, CalibrationRecord, SampleSet) {
    let read = try sets.read(set) { $0.first(limit) }
    try AtomicFile.refuse(output, inputs: read.pictures)
    let work = try PlanWork(plan, engine, team)
    try team.checkSame(work.plan.weightsDigest, "plan")
    if team.isFirst { try work.checkRoom(for: output, plans: 1) }
    guard let record = work.plan.contents.calibration else {
      throw PlanError(
        file: plan, object: "/calibration", reason: "is missing: run 'espalier calibrate' first")
    }
    let samples = try sets.fitting(read, work.context)
    try samples.checkDisjoint(from: record.provenance.pictures, usedFor: "calibration")
    return (work, record, samples)
  }

  private func tuned(_ output: String, _ state: StateFile, _ team: Team) throws -> (PlanWork, PlanContents) {
    let (work, record, samples) = try begin(output, team)
    var contents = work.plan.contents
    let tuned = try work.tune(
      samples, record: record, budgets: target.budgets, options: search.options(effort),
      room: try room.room(for: output, team), state: state)
    contents.points = tuned.points
    contents.front = tuned.front
    contents.calibration?.provenance.validationPictures = try samples.pictureDigests()
    return (work, contents)
  }
}
