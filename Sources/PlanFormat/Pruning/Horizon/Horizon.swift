internal import HDF5

/// Horizon: behind a decoder layer every visual token leaves; what earlier layers read of them stays in their caches.
///
/// Late layers of many models hardly look at the picture any more (VTW, arXiv 2405.05803; ToDRE, arXiv 2505.18757).
public struct Horizon: Equatable, Sendable, Codable {
  /// The last layer (0-based) that sees visual tokens; the last layer of the model changes nothing.
  public var layer: Int

  /// Visual tokens leave behind `layer`.
  public init(layer: Int) { self.layer = layer }
}

extension Horizon: MethodSettings {
  /// Name in the file.
  public static var name: String { "horizon" }

  static var blank: Self { Self(layer: 0) }
  static var fields: [AttributeField<Self>] { [.init("layer", \.layer)] }

  func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    try require(layer, in: 0...(model.text.layers - 1), prefix + "layer", path)
  }
}

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
