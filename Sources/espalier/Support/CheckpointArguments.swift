import ArgumentParser

/// Options of every verb that imports a checkpoint.
struct CheckpointArguments: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "Chat template (Jinja) to use instead of the checkpoint's.",
    completion: .file(extensions: ["jinja"]))
  var chatTemplate: String?

  @Option(
    parsing: .unconditional, help: "Folder of a low-rank adapter (LoRA of PEFT) to merge into the weights.",
    completion: .directory)
  var adapter: String?

  /// What is read beside the checkpoint.
  var inputs: [String] { [chatTemplate, adapter].compactMap { $0 } }
}
