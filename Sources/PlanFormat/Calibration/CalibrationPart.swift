/// What calibration found about one pruning method: a group under `/calibration`.
protocol CalibrationPart: Sendable {
  /// Adds the group.
  func add(to builder: inout TreeBuilder, for model: ModelDescription) throws(Flaw)
  /// Takes the group.
  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw)
  /// Demands what fits the model.
  func validate(for model: ModelDescription) throws(Flaw)
}
