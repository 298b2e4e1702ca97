/// The settings of one pruning method with what must be true of them.
package protocol MethodSettings: PruningMethod, SendableMetatype {
  /// Demands settings that fit the model; `prefix` stands before their names.
  func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw)
  /// Demands settings that fit how the model's pictures are prepared.
  func validate(with image: ImagePreprocessing, _ path: String) throws(Flaw)
  /// Demands what the settings refer to in a plan's calibration.
  func validate(beside calibration: CalibrationRecord?, _ path: String) throws(Flaw)
}

extension MethodSettings {
  /// What stands before the names of the settings in a point.
  package static var prefix: String { name + "_" }

  /// Most settings act behind the pictures.
  package func validate(with image: ImagePreprocessing, _ path: String) throws(Flaw) {}
  /// Most settings refer to nothing.
  package func validate(beside calibration: CalibrationRecord?, _ path: String) throws(Flaw) {}
}
