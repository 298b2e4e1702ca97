import Plan

/// `/calibration`: a group a method, and where it came from.
extension TreeBuilder {
  mutating func add(_ record: CalibrationRecord, for model: ModelDescription) throws(Flaw) {
    group(CalibrationRecord.path, "what calibration found about the layers, heads and tokens of this model")
    try add(record.provenance)
    try record.layerReduction?.add(to: &self, for: model)
    try record.cacheRetention?.add(to: &self, for: model)
    try record.tokenPruning?.add(to: &self, for: model)
    record.horizon?.add(to: &self, for: model)
  }

  private mutating func add(_ provenance: CalibrationProvenance) throws(Flaw) {
    var attributes = AttributeSet()
    attributes.put(provenance)
    group(
      CalibrationProvenance.path,
      "the sets behind this plan, so that it can be repeated and no set be used twice",
      attributes)
    try texts(CalibrationProvenance.seen, provenance.pictures)
    try texts(CalibrationProvenance.validated, provenance.validationPictures)
  }
}

extension CalibrationRecord {
  /// Takes the record if the plan is calibrated.
  static func ifPresent(
    in reader: inout TreeReader, for model: ModelDescription
  ) throws(Flaw) -> CalibrationRecord? {
    guard reader.tree.groups[path] != nil else { return nil }
    try reader.group(path)
    return CalibrationRecord(
      tokenPruning: try CostSearch.ifPresent(in: &reader, for: model),
      layerReduction: try LayerRankings.ifPresent(in: &reader, for: model),
      cacheRetention: try RetentionProfile.ifPresent(in: &reader, for: model),
      horizon: try HorizonProfile.ifPresent(in: &reader, for: model),
      provenance: try CalibrationProvenance(from: &reader))
  }
}

extension CalibrationProvenance: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [.init("samples", \.samples), .init("seed", \.seed), .init("set_digest", \.setDigest)]
  }
  static let seen = DatasetSchema(path + "/pictures", "SHA-256 of each picture that calibration saw")
  static let validated = DatasetSchema(
    path + "/validation_pictures", "SHA-256 of each picture that operating points were chosen on")

  init(from reader: inout TreeReader) throws(Flaw) {
    self = try reader.record(at: Self.path)
    pictures = try reader.texts(Self.seen, count: nil)
    validationPictures = try reader.texts(Self.validated, count: nil)
  }
}
