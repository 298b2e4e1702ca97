import ArgumentParser
import Calibration
import Evaluation
import PlanFormat

/// Import, calibrate and tune in one go.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Import a checkpoint, calibrate it and find its operating points: one plan.")

  @Argument(
    help: "Folder of the checkpoint: config.json, safetensors, tokenizer.json.", completion: .directory)
  var model: String

  @Option(
    help: "Calibration set: JSON Lines, LLaVA conversations, or a folder of pictures.",
    completion: .file(extensions: ["jsonl"]))
  var calibration: String

  @Option(help: "Validation set, in one of the same forms; shares no picture with the calibration set.")
  var validation: String

  @Option(name: .shortAndLong, help: "Plan to write.", completion: .file(extensions: ["h5"]))
  var output: String

  @OptionGroup var sets: SetArguments
  @OptionGroup(title: "Target") var target: TargetArguments

  @OptionGroup var weights: WeightArguments

  @OptionGroup var template: TemplateArguments

  @Flag(help: "Print the points as JSON.")
  var json = false

  @OptionGroup var arguments: CalibrationArguments
  @OptionGroup var engine: EngineOptions

  func run() throws {
    try Importing.checkWritable(output)
    let (calibrationSet, validationSet) = try sets.read((calibration, validation)) {
      $0.spread(arguments.options.limit)
    }
    try validationSet.checkDisjoint(from: calibrationSet.pictureDigests(), usedFor: "calibration")
    let imported = output + ".importing"
    let state = PlanWork.statePath(output)
    defer { PlanWork.discard(imported) }
    try Importing.run(model, weights: weights, chatTemplate: template.chatTemplate, to: imported)
    let work = try PlanWork(imported, engine)
      .orderingNeurons(by: calibrationSet, options: arguments.options, near: output)
    PlanWork.discard(imported)
    var contents = work.plan.contents
    let record = try work.calibrate(
      calibrationSet, options: arguments.options, statePath: state, resuming: arguments.resume)
    contents.calibration = record
    let tuned = try work.tune(validationSet, record: record, budgets: target.budgets)
    contents.points = tuned.points
    contents.front = tuned.front
    contents.calibration?.provenance.validationPictures = try validationSet.pictureDigests()
    try work.write(contents, to: output)
    PlanWork.discard(state)
    printResult(PointTable.json(contents.points, front: contents.front), asJSON: json) {
      PointTable.text(contents.points)
        + "\n\nthe front behind them has \(contents.front.count) settings: 'espalier inspect' shows them"
    }
  }
}
