import ArgumentParser
import Calibration
import Output

/// Puts the shards of a calibration together.
struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the shards of a calibration together, for 'calibrate --resume' to go on from.",
    discussion: """
      Shards hold what one pass over the samples finds: the harm of a horizon, of resolutions, tiles, patches, contrasts \
      and tower layers, and the first rounds of all that needs several, which are importance rules, rankings of layers, \
      tokens and neurons of the tower, and cache retention. 'calibrate --resume' does the rest.
      """)

  @Argument(
    help: "Shards that 'calibrate --shard' wrote, all of them.", completion: .file(extensions: ["h5"]))
  var shards: [String]

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: "Plan that 'calibrate --resume --output' is to write: what is known is put beside it.",
    completion: .file(extensions: ["h5"]))
  var output: String

  @OptionGroup var resumption: ResumeArguments

  func run() throws {
    try AtomicFile.check(output, inputs: shards)
    let lock = try OutputLock(for: output)
    defer { lock.release() }
    guard let path = try StateFile(.calibration, for: output, resumption).path else {
      throw ExecutionError("\(output): is no file that a state could lie beside")
    }
    let count = try CalibrationShard.merge(shards, into: path)
    printWarning(
      "\(path): what \(count) shards found; 'espalier calibrate --resume --output \(output)' does the rest: "
        + "further rounds of rules, rankings, tower tokens and neurons, and cache retention")
  }
}
