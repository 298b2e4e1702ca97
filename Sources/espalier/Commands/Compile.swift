import ArgumentParser
import Calibration
import Evaluation
import Inference
import Output
import Plan
import PlanFile
import Reporting

/// Import, calibrate and tune in one go.
struct Compile: TeamVerb {
  static let configuration = CommandConfiguration(
    abstract: "Import a checkpoint, calibrate it and find its operating points: one plan.")

  @Argument(
    help: "Folder of the checkpoint: config.json, safetensors, tokenizer.json.", completion: .directory)
  var model: String

  @Option(
    parsing: .unconditional,
    help: "Calibration set: JSON Lines, LLaVA conversations, or a folder of pictures.",
    completion: .file(extensions: ["jsonl"]))
  var calibration: String

  @Option(
    parsing: .unconditional,
    help: "Validation set, in one of the same forms; shares no picture with the calibration set.")
  var validation: String

  @Option(
    name: .shortAndLong, parsing: .unconditional, help: "Plan to write.",
    completion: .file(extensions: ["h5"]))
  var output: String

  @OptionGroup var sets: SetArguments
  @Option(help: "Use only the first samples of the validation set.")
  var validationLimit: Int?

  @OptionGroup var search: SearchArguments
  @OptionGroup(title: "Target") var target: TargetArguments

  @OptionGroup var weights: WeightArguments

  @OptionGroup var checkpoint: CheckpointArguments

  @Flag(help: "Print the points as JSON.")
  var json = false

  @OptionGroup var arguments: CalibrationArguments
  @OptionGroup var effort: EffortArguments
  @OptionGroup var resumption: ResumeArguments
  @OptionGroup var estimating: EstimateArguments
  @OptionGroup(title: "Room") var room: RoomArguments
  @OptionGroup(title: "Ranks") var teamwork: TeamArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    try OptionRange.check("validation-limit", validationLimit, OptionRange.samples)
    try target.check(search)
    try estimating.check(resumption)
  }

  func run(as team: Team) throws {
    Interruption.install()
    try AtomicFile.check(output, inputs: [model, calibration, validation] + checkpoint.inputs)
    if estimating.estimate { return try showEstimate(team) }
    let lock = team.isFirst ? try OutputLock(for: output) : nil
    defer { lock?.release() }
    let calibrating = try StateFile(.calibration, for: output, resumption, team)
    let tuning = try StateFile(.tuning, for: output, resumption, team)
    let (work, contents) = try StateFile.keeping([calibrating, tuning], of: output) {
      try compile(calibrating, tuning, team)
    }
    guard team.isFirst else { return }
    try work.write(contents, to: output)
    for state in [calibrating, tuning] { state.discard() }
    try printResult(PointTable.json(contents.points, front: contents.front), asJSON: json) {
      PointTable.text(contents.points)
        + "\n\nthe front behind them has \(contents.front.count) settings: 'espalier inspect' shows them"
    }
  }

  private func compile(
    _ calibrating: StateFile, _ tuning: StateFile, _ team: Team
  ) throws -> (PlanWork, PlanContents) {
    let options = arguments.options(effort)
    let (imported, sets) = try begin(team)
    if let path = calibrating.path {
      try CalibrationState.check(path, samples: try sets.calibration.digest(), options: options)
    }
    try imported.checkTuning(tuning, sets.validation, target.budgets, search.options(effort))
    let place = room.place(for: output, team)
    let work = try imported.orderingNeurons(
      by: sets.calibration, options: options, state: calibrating, near: place
    )
    .narrowing(by: sets.calibration, options: options)
    var contents = work.contents
    let record = try work.calibrate(
      sets.calibration, options: options, room: try room.room(for: output, team),
      statePath: calibrating.path, resuming: calibrating.resuming)
    contents.calibration = record
    let tuned = try work.tune(
      sets.validation, record: record, budgets: target.budgets, options: search.options(effort),
      room: try room.room(for: output, team), state: tuning)
    contents.points = tuned.points
    contents.front = tuned.front
    contents.calibration?.provenance.validationPictures = try sets.validation.pictureDigests()
    return (work, contents)
  }

  /// Imports the model and reads both sets; what is wrong with them shows before the work begins.
  private func begin(_ team: Team) throws -> (PlanWork, CompileSets) {
    let (calibrationRead, wholeValidation) = try sets.read((calibration, validation)) {
      $0.spread(arguments.options(effort).limit)
    }
    let validationRead = wholeValidation.first(validationLimit)
    try AtomicFile.refuse(output, inputs: calibrationRead.pictures + validationRead.pictures)
    let (decodable, validation) = (try sets.decodable(calibrationRead), try sets.decodable(validationRead))
    try validation.checkDisjoint(from: decodable.pictureDigests(), usedFor: "calibration")
    let place = room.place(for: output, team)
    let imported = try self.imported(near: place, team)
    if team.isLeader { try imported.checkRoom(for: place, plans: Self.plans) }
    return (
      imported,
      CompileSets(
        calibration: try sets.fitting(decodable, imported.context),
        validation: try sets.fitting(validation, imported.context))
    )
  }

  /// Plans that there are on disk at the same time: two working copies, or one and what is written.
  private static let plans = 2

  private func showEstimate(_ team: Team) throws {
    let start = StageClock.now
    let (imported, sets) = try begin(team)
    let importing = StageClock.now - start
    let (options, room) = (arguments.options(effort), try room.room(for: output, team))
    let (calibration, record) = try imported.estimate(sets.calibration, options: options)
    let tuning = try imported.estimate(
      sets.validation, record: record, budgets: target.budgets, options: search.options(effort))
    try estimating.show(
      [calibration, tuning], reading: importing, fileSize: imported.plan.fileSize, plans: Self.plans,
      room: room, asJSON: json)
  }

  /// The model as a plan without pruning, in a file that has lost its name: it goes with this process.
  private func imported(near place: String, _ team: Team) throws -> PlanWork {
    try PlanWork.nameless(near: place, engine, team) { path in
      try Importing.run(model, weights: weights, checkpoint: checkpoint, to: path)
    }
  }
}
