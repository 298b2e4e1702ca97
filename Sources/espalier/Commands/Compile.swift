import ArgumentParser
import Calibration
import Evaluation
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

  @OptionGroup var template: TemplateArguments

  @Flag(help: "Print the points as JSON.")
  var json = false

  @OptionGroup var arguments: CalibrationArguments
  @OptionGroup var effort: EffortArguments
  @OptionGroup var resumption: ResumeArguments
  @OptionGroup(title: "Room") var room: RoomArguments
  @OptionGroup(title: "Ranks") var teamwork: TeamArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    try OptionRange.check("validation-limit", validationLimit, OptionRange.samples)
    try target.check(search)
  }

  func run(as team: Team) throws {
    Interruption.install()
    try AtomicFile.check(
      output, inputs: [model, calibration, validation] + [template.chatTemplate].compactMap { $0 })
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
    let (options, searchOptions) = (arguments.options(effort), search.options(effort))
    let (calibrationRead, wholeValidation) = try sets.read((calibration, validation)) {
      $0.spread(options.limit)
    }
    let validationRead = wholeValidation.first(validationLimit)
    try AtomicFile.refuse(output, inputs: calibrationRead.pictures + validationRead.pictures)
    let (decodable, validation) = (try sets.decodable(calibrationRead), try sets.decodable(validationRead))
    try validation.checkDisjoint(from: decodable.pictureDigests(), usedFor: "calibration")

    let place = room.place(for: output, team)
    let imported = try self.imported(near: place, team)
    if team.isLeader { try imported.checkRoom(for: place, plans: 2) }
    let calibrationSet = try sets.fitting(decodable, imported.context)
    let validationSet = try sets.fitting(validation, imported.context)
    if let path = calibrating.path {
      try CalibrationState.check(path, samples: try calibrationSet.digest(), options: options)
    }
    try imported.checkTuning(tuning, validationSet, target.budgets, searchOptions)
    let work = try imported.orderingNeurons(by: calibrationSet, options: options, near: place)
      .narrowing(by: calibrationSet, options: options)
    var contents = work.contents
    let record = try work.calibrate(
      calibrationSet, options: options, room: try room.room(for: output, team),
      statePath: calibrating.path, resuming: calibrating.resuming)
    contents.calibration = record
    let tuned = try work.tune(
      validationSet, record: record, budgets: target.budgets, options: searchOptions,
      room: try room.room(for: output, team), state: tuning)
    contents.points = tuned.points
    contents.front = tuned.front
    contents.calibration?.provenance.validationPictures = try validationSet.pictureDigests()
    return (work, contents)
  }

  /// The model as a plan without pruning, in a file that has lost its name: it goes with this process.
  private func imported(near place: String, _ team: Team) throws -> PlanWork {
    try PlanWork.nameless(near: place, engine, team) { path in
      try Importing.run(model, weights: weights, chatTemplate: template.chatTemplate, to: path)
    }
  }
}
