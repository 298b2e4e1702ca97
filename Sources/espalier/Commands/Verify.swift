import ArgumentParser
import Figures
import Output
import Plan
import PlanFile
import Signatures

/// Checks every digest of a plan.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a plan: structure, values, the digest of every dataset, and that weights are numbers.",
    discussion: """
      Digests find damage. Who made a plan, a signature says: with --trusted-keys one of these keys must have signed \
      the plan ('espalier sign').
      """)

  @Argument(help: "Plan to check.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    help:
      "File of minisign public keys, of which one must have signed the plan; the signature is PLAN.minisig.",
    completion: .file(extensions: ["pub"]))
  var trustedKeys: String?

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let keys = try trustedKeys.map { try TrustedKeys(contentsOf: $0) }
    let opened = try Plan(contentsOf: plan, verifying: .everything, trusting: keys)
    try opened.verifyNumbers()
    let result = JSON.object([
      "plan": .string(plan), "valid": .bool(true), "tensors": .integer(opened.weights.names.count),
      "weight_bytes": Figure(Double(opened.weights.byteCount), .bytes).json,
      "weights_digest": .string(opened.weightsDigest), "contents_digest": .string(opened.contentsDigest),
      "signed_by": opened.signature.map { .string("\($0.key.id)") } ?? .null,
      "trusted_comment": opened.signature.map { .string($0.trustedComment) } ?? .null,
    ])
    try printResult(result, asJSON: json) {
      let size = Figure(Double(opened.weights.byteCount), .bytes)
      let signature = opened.signature.map {
        ", signed by key \($0.key.id): \($0.trustedComment.printable(limit: 256))"
      }
      return "\(plan.printable()): \(opened.weights.names.count) tensors, \(size), all digests match"
        + (signature ?? "")
    }
  }
}
