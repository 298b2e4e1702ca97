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
  private static let kinds = [
    (down: ".lora_A.weight", up: ".lora_B.weight", turned: false),
    (down: ".lora_embedding_A", up: ".lora_embedding_B", turned: true),
  ]

  /// The tensors of a model with this merged into them.
  func merge(into base: [ExactString: SourceTensor]) throws(CheckpointError) -> [ExactString: SourceTensor] {
    var result = base
    let places = Dictionary(grouping: base.keys) { Self.words($0.text) }
    let own = Dictionary(tensors.map { (ExactString($0.name), $0.tensor) }) { first, _ in first }
    for (name, tensor) in tensors {
      func failure(_ reason: String) -> CheckpointError {
        CheckpointError(file: files[1], object: name, reason: reason)
      }
      /// The tensor of the model that this is about.
      func target(_ module: String) throws(CheckpointError) -> (ExactString, SourceTensor) {
        guard module.hasPrefix(Self.prefix) else { throw failure("has another name than PEFT gives") }
        let found = places[Self.words(String(module.dropFirst(Self.prefix.count)))] ?? []
        guard found.count == 1, let tensor = base[found[0]] else {
          throw failure(found.isEmpty ? "the model has no such module" : "the model has several such modules")
        }
        return (found[0], tensor)
      }
      guard tensor.isFloatingPoint else { throw failure("is \(tensor.type.rawValue), expected numbers") }
      if Self.kinds.contains(where: { name.hasSuffix($0.up) }) { continue }
      guard let kind = Self.kinds.first(where: { name.hasSuffix($0.down) }) else {
        // A module that was trained as a whole takes the place of the model's.
        let (place, old) = try target(name)
        guard old.shape == tensor.shape else {
          throw failure("has shape \(tensor.shape), the model's has \(old.shape)")
        }
        result[place] = tensor
        continue
      }
      let module = String(name.dropLast(kind.down.count))
      guard let up = own[ExactString(module + kind.up)], up.isFloatingPoint else {
        throw failure("has no \(kind.up.dropFirst()) beside it")
      }
      let (place, old) = try target(module + ".weight")
      let rank = tensor.shape.first ?? 0
      guard rank > 0, tensor.shape.count == 2, tensor.shape[1] > 0, up.shape.count == 2, up.shape[1] == rank,
        old.shape.count == 2,
        old.shape == (kind.turned ? [tensor.shape[1], up.shape[0]] : [up.shape[0], tensor.shape[1]])
      else {
        throw failure("has shape \(tensor.shape) and \(up.shape) beside it; the matrix has \(old.shape)")
      }
      if kind.turned { throw failure("changes an embedding, which is not merged") }
      result[place] = old.changed(by: LowRankChange(up: up, down: tensor, scale: try scale(of: module, rank)))
    }
    return result
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
