import Plan

/// A part of the calibration with its form in the file.
protocol StoredPart: CalibrationPart {
  /// The minor version that brought the part.
  static var since: Int { get }
  /// Adds the group.
  func add(to builder: inout TreeBuilder, for model: ModelDescription) throws(Flaw)
  /// Takes the group.
  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw)
}

extension StoredPart {
  static var since: Int { 0 }
}
