import ArgumentParser
import Calibration
import Inference
import Output
import Plan
import PlanFile
import Reporting

/// Measures the times of a plan's points again.
struct Retime: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the times of a tuned plan's points again, on the box where it will run.",
    discussion: "What points do to answers does not depend on the box and stays as it is.")

  @Argument(help: "Tuned plan.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(name: .shortAndLong, parsing: .unconditional, help: "Plan to write. (default: the plan itself)")
  var output: String?

  @Option(help: "Runs of every point.")
  var repetitions: Int = 9

  @Flag(help: "Print the points as JSON.")
  var json = false

  @Option(parsing: .unconditionalSingleValue, help: "Picture (JPEG, PNG, WebP, GIF or BMP); may be repeated.")
  var image: [String]

  @OptionGroup var question: ConversationArguments
  @OptionGroup var resumption: ResumeArguments
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    try OptionRange.check("repetitions", repetitions, OptionRange.runs)
  }

  func run() throws {
    Interruption.install()
    let output = output ?? plan
    try AtomicFile.check(output, inputs: image)
    let lock = try OutputLock(for: output)
    defer { lock.release() }
    let state = try StateFile(.retiming, for: output, resumption)
    let (work, contents) = try StateFile.keeping([state], of: output) { try retimed(output, state) }
    try work.write(contents, to: output)
    state.discard()
    try printResult(PointTable.json(contents.points, front: contents.front), asJSON: json) {
      PointTable.text(contents.points)
    }
  }

  private func retimed(_ output: String, _ state: StateFile) throws -> (PlanWork, PlanContents) {
    let work = try PlanWork(plan, engine)
    try work.checkRoom(for: output, plans: 1)
    var contents = work.plan.contents
    guard !contents.points.isEmpty else {
      throw PlanError(file: plan, object: "/operating_points", reason: "is empty: run 'espalier tune' first")
    }
    try work.context.model.checkLength(try question.conversation, images: image)
    let layout = try work.context.model.layout(question.conversation, images: image.count)
    let timed = try Retimer(work.context, repetitions: repetitions, statePath: state.path).retime(
      contents.points + contents.front, images: image, layout: layout,
      weightsDigest: work.plan.weightsDigest, resuming: state.resuming, reporter: work.progress)
    let named = contents.points.count
    contents.points = Array(timed.prefix(named))
    contents.front = Array(timed.dropFirst(named))
    return (work, contents)
  }
}
