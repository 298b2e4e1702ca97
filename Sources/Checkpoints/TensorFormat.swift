import Glibc
public import Plan

/// A weight format for the matrices whose names match a pattern.
public struct TensorFormat: Equatable, Sendable {
  /// Names as in a plan's `/weights`, such as `text/layers/*/down`; `*` stands for anything.
  public var pattern: String
  /// Their format.
  public var format: WeightFormat

  /// Creates an override.
  public init(pattern: String, format: WeightFormat) {
    self.pattern = pattern
    self.format = format
  }

  /// Formats by name. A pattern that no matrix of the model matches is an error.
  static func formats(
    _ overrides: [TensorFormat], of model: ModelDescription, _ file: String
  ) throws(CheckpointError) -> [String: WeightFormat] {
    let names = model.weights.filter(\.followsWeightFormat).map(\.name)
    var formats: [String: WeightFormat] = [:]
    for override in overrides {
      let matches = names.filter { fnmatch(override.pattern, $0, 0) == 0 }
      guard !matches.isEmpty else {
        throw CheckpointError(
          file: file, object: override.pattern, reason: "matches no weight matrix of this model")
      }
      for name in matches { formats[name] = override.format }
    }
    return formats
  }
}
