internal import HDF5

/// What calibration found about the horizon: how much is lost when visual tokens leave behind each layer.
public struct HorizonProfile: Equatable, Sendable, Codable {
  /// Mean divergence with the horizon at each layer, `[L]`; empty where it was not measured.
  public var divergence: [Double] = []

  /// Nothing measured.
  public init() {}
}

extension HorizonProfile: CalibrationPart {
  private static let path = CalibrationRecord.path + "/horizon"
  private static let schema = DatasetSchema(
    path + "/divergence", "mean KL(dense || pruned) when every visual token leaves behind the layer",
    unit: "nat")

  func add(to builder: inout TreeBuilder, for model: ModelDescription) {
    builder.group(Self.path, "how long the layers look at the image")
    builder.array(Self.schema, divergence)
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    try reader.group(Self.path)
    divergence = try reader.array(Self.schema, shape: [nil])
  }

  func validate(for model: ModelDescription) throws(Flaw) {
    guard divergence.isEmpty || divergence.count == model.text.layers else {
      throw Flaw(Self.schema.path, "has \(divergence.count) entries, expected \(model.text.layers)")
    }
    try requireFinite(divergence, "an entry", Self.schema.path)
  }
}
