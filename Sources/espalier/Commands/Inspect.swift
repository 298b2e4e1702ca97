import ArgumentParser
import PlanFile
import Reporting

/// Shows what a plan holds.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Show what a plan holds: model, calibration, operating points, and the memory that a request takes.")

  @Argument(help: "Plan to show.", completion: .file(extensions: ["h5"]))
  var plan: String

  @OptionGroup(title: "Memory") var memory: MemoryArguments

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let opened = try Plan(contentsOf: plan)
    let inspection = PlanInspection(opened, memory: try memory.table(opened))
    try printResult(inspection.json, asJSON: json) { inspection.text }
  }
}
