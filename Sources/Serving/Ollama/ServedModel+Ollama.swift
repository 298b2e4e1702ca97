public import Figures
import Espalier
import FoundationEssentials

extension ServedModel {
  /// The model as Ollama's list of models has it.
  public var tags: Figures.JSON {
    .object(["models": .array(names.map(tag))])
  }

  private func tag(_ name: String) -> Figures.JSON {
    .object([
      "name": .string(name), "model": .string(name),
      "modified_at": .string(Date(timeIntervalSince1970: Double(created)).formatted(.iso8601)),
      "size": .integer(model.bytes),
      "digest": .string(String(model.digest.prefix(64))), "details": details,
    ])
  }

  /// What Ollama's clients are told of the model itself.
  public var show: Figures.JSON {
    .object([
      "details": details, "capabilities": .array(["completion", "vision", "tools"].map { .string($0) }),
      "model_info": .object([
        "general.architecture": .string("espalier"), "espalier.context_length": .integer(model.contextLength),
      ]),
    ])
  }

  private var details: Figures.JSON {
    .object([
      "format": .string("espalier"), "family": .string("espalier"),
      "quantization_level": .string(model.weightFormat),
    ])
  }
}
