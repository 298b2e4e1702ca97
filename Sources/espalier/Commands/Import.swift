import ArgumentParser
import Output

/// Checkpoint to plan, without calibration.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Import a Hugging Face checkpoint into a plan without any pruning.")

  @Argument(
    help: "Folder of the checkpoint: config.json, safetensors, tokenizer.json.", completion: .directory)
  var model: String

  @Option(
    name: .shortAndLong, parsing: .unconditional, help: "Plan to write.",
    completion: .file(extensions: ["h5"]))
  var output: String

  @OptionGroup var weights: WeightArguments

  @OptionGroup var checkpoint: CheckpointArguments

  func run() throws {
    Interruption.install()
    try AtomicFile.check(output, inputs: [model] + checkpoint.inputs)
    try Interruption.leaving(output) {
      try Importing.run(model, weights: weights, checkpoint: checkpoint, to: output)
    }
  }
}
