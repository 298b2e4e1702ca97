import ArgumentParser
import Figures
import Output
import Plan
import PlanFile

/// Checks every digest of a plan.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a plan: structure, values and the digest of every dataset.")

  @Argument(help: "Plan to check.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let opened = try Plan(contentsOf: plan)
    try opened.verify()
    let result = JSON.object([
      "plan": .string(plan), "valid": .bool(true), "tensors": .integer(opened.weights.names.count),
      "weight_bytes": Figure(Double(opened.weights.byteCount), .bytes).json,
      "weights_digest": .string(opened.weightsDigest),
    ])
    try printResult(result, asJSON: json) {
      "\(plan.printable()): \(opened.weights.names.count) tensors, \(Figure(Double(opened.weights.byteCount), .bytes)), all digests match"
    }
  }
}
