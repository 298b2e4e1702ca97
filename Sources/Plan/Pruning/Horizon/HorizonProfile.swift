/// What calibration found about the horizon: how much is lost when visual tokens leave behind each layer.
public struct HorizonProfile: Equatable, Sendable, Codable {
  /// Mean divergence with the horizon at each layer, `[L]`; dense's where none can be, as later layers read the keys and values
  /// of the layer behind.
  public var divergence: [Double] = []

  /// Nothing measured.
  public init() {}
}

extension HorizonProfile: CalibrationPart {
  /// Path of the group.
  package static let path = CalibrationRecord.path + "/horizon"

  package func validate(for model: ModelDescription) throws(Flaw) {
    guard divergence.count == model.text.layers else {
      throw Flaw(
        Self.path(of: "divergence"), "has \(divergence.count) entries, expected \(model.text.layers)")
    }
    try requireFinite(divergence, "an entry", Self.path(of: "divergence"))
  }
}
