import JSONReading

/// A low-rank adapter of PEFT (LoRA), to be merged into the model that it was trained on.
struct Adapter {
  /// Files that it was read from.
  let files: [String]
  private let settings: Settings
  private let tensors: [(name: String, tensor: SourceTensor)]

  /// Reads the settings and the tensors of an adapter's folder.
  init(_ directory: String) throws(CheckpointError) {
    let (config, weights) = (
      "\(directory)/adapter_config.json", "\(directory)/adapter_model.safetensors"
    )
    guard fileExists(config) else {
      throw CheckpointError(
        file: directory, reason: "is no folder of an adapter: it has no adapter_config.json")
    }
    settings = try Settings(contentsOf: config)
    let kind = try settings.text("peft_type")
    guard kind == "LORA" else { throw settings.error("peft_type", "is '\(kind.prefix(32))', expected LORA") }
    for option in ["use_dora", "use_qalora", "use_bdlora", "fan_in_fan_out", "lora_bias"] {
      try settings.demand(option, false)
    }
    for option in ["target_parameters", "trainable_token_indices"] { try settings.demandAbsent(option) }
    guard fileExists(weights) else {
      throw CheckpointError(
        file: directory, reason: "has no adapter_model.safetensors; save_pretrained(FOLDER) writes it")
    }
    files = [config, weights]
    tensors = try SafetensorsFile(weights).tensors
  }

  private static let prefix = "base_model.model."
  private static let (down, up) = (".lora_A.weight", ".lora_B.weight")

  /// The tensors of a model with this merged into them.
  func merge(into base: [ExactString: SourceTensor]) throws(CheckpointError) -> [ExactString: SourceTensor] {
    var result = base
    let places = Dictionary(grouping: base.keys) { Self.words($0.text) }
    let own = Dictionary(tensors.map { (ExactString($0.name), $0.tensor) }) { first, _ in first }
    for (name, tensor) in tensors where !name.hasSuffix(Self.up) {
      guard tensor.isFloatingPoint else {
        throw failure(name, "is \(tensor.type.rawValue), expected numbers")
      }
      if name.contains(".lora_embedding_") {
        throw failure(name, "changes an embedding, which is not merged")
      }
      let module = name.hasSuffix(Self.down) ? String(name.dropLast(Self.down.count)) : nil
      let target = module.map { $0 + ".weight" } ?? name
      guard target.hasPrefix(Self.prefix) else { throw failure(name, "has another name than PEFT gives") }
      let found = places[Self.words(String(target.dropFirst(Self.prefix.count)))] ?? []
      guard found.count == 1, let old = base[found[0]] else {
        throw failure(name, "the model has \(found.isEmpty ? "no" : "several") such module")
      }
      if let module {
        result[found[0]] = old.changed(
          by: try change(of: old, module, tensor, own[ExactString(module + Self.up)]))
      } else {
        // A module that was trained as a whole takes the place of the model's.
        guard old.shape == tensor.shape else {
          throw failure(name, "has shape \(tensor.shape), the model's has \(old.shape)")
        }
        result[found[0]] = tensor
      }
    }
    return result
  }

  private func failure(_ name: String, _ reason: String) -> CheckpointError {
    CheckpointError(file: files[1], object: name, reason: reason)
  }

  /// What two factors of a module add to its matrix.
  private func change(
    of matrix: SourceTensor, _ module: String, _ down: SourceTensor, _ up: SourceTensor?
  ) throws(CheckpointError) -> LowRankChange {
    let name = module + Self.down
    guard let up, up.isFloatingPoint else { throw failure(name, "has no \(Self.up.dropFirst()) beside it") }
    let rank = down.shape.first ?? 0
    guard rank > 0, down.shape.count == 2, down.shape[1] > 0, up.shape.count == 2, up.shape[1] == rank,
      matrix.shape == [up.shape[0], down.shape[1]]
    else {
      throw failure(
        name, "has shape \(down.shape) and \(up.shape) beside it; the matrix has \(matrix.shape)")
    }
    return LowRankChange(up: up, down: down, scale: try scale(of: module, rank))
  }

  /// Names of modules without what layouts of several years put around the text model.
  private static func words(_ name: String) -> [Substring] {
    name.split(separator: ".").filter { $0 != "model" && $0 != "language_model" }
  }

  /// The factor of a module's product: alpha over the rank, or over its root.
  private func scale(of module: String, _ rank: Int) throws(CheckpointError) -> Float {
    var alpha = try settings.real("lora_alpha", default: 8)
    if let pattern = try settings.child("alpha_pattern") {
      let name = String(module.dropFirst(Self.prefix.count))
      for (key, _) in pattern.object.members where name == key || name.hasSuffix("." + key) {
        alpha = try pattern.real(key)
      }
    }
    let isRooted = try settings.flag("use_rslora", default: false)
    return Float(alpha / (isRooted ? Double(rank).squareRoot() : Double(rank)))
  }
}
