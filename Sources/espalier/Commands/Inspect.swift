import ArgumentParser
import PlanFile
import Reporting

/// Shows what a plan holds.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a plan holds: model, calibration, operating points.")

  @Argument(help: "Plan to show.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let inspection = PlanInspection(try Plan(contentsOf: plan))
    try printResult(inspection.json, asJSON: json) { inspection.text }
  }
}
