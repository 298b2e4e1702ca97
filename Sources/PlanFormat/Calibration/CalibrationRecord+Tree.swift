/// `/calibration`: a group a method, and where it came from.
extension TreeBuilder {
  mutating func add(_ record: CalibrationRecord, for model: ModelDescription) throws(Flaw) {
    group(CalibrationRecord.path, "what calibration found about the layers, heads and tokens of this model")
    var provenance = AttributeSet()
    provenance.put(record.provenance)
    group(CalibrationProvenance.path, "the calibration set, so that it can be repeated", provenance)
    add(record.redundancyLens, for: model.text)
    try add(record.plphp, for: model)
    try add(record.topV)
  }
}

extension CalibrationRecord {
  static let path = "/calibration"

  /// Takes the record if the plan is calibrated.
  static func ifPresent(
    in reader: inout TreeReader, for model: ModelDescription
  ) throws(Flaw) -> CalibrationRecord? {
    guard reader.tree.groups[path] != nil else { return nil }
    try reader.group(path)
    return CalibrationRecord(
      redundancyLens: try LayerRankings(from: &reader, for: model.text),
      plphp: try RetentionProfile(from: &reader, for: model),
      topV: try CostSearch(from: &reader),
      provenance: try reader.record(at: CalibrationProvenance.path))
  }
}

extension CalibrationProvenance: AttributeRecord {
  static let path = CalibrationRecord.path + "/provenance"
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [.init("samples", \.samples), .init("seed", \.seed), .init("set_digest", \.setDigest)]
  }
}
