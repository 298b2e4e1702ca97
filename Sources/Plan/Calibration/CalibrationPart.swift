/// What calibration found about one pruning method: a group under `/calibration`.
package protocol CalibrationPart: Equatable, Sendable {
  /// Path of the group.
  static var path: String { get }
  /// Demands what fits the model.
  func validate(for model: ModelDescription) throws(Flaw)
}

extension CalibrationPart {
  /// Path of a dataset of the group.
  package static func path(of name: String) -> String { "\(path)/\(name)" }
}
