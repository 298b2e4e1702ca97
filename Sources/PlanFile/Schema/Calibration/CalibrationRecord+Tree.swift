import Plan

/// `/calibration`: a group a method, and where it came from.
extension TreeBuilder {
  mutating func add(_ record: CalibrationRecord, for model: ModelDescription) throws(Flaw) {
    let parts = record.parts.compactMap { $0 as? any StoredPart }
    var attributes = AttributeSet()
    // What calibration found is for people and for tuning: no answer depends on a part that a reader does not know.
    for part in parts.map({ type(of: $0) }) where part.since > 0 {
      let name = String(part.path.dropFirst(CalibrationRecord.path.utf8.count + 1))
      attributes.need(name, since: part.since, isOptional: true)
    }
    group(
      CalibrationRecord.path, "what calibration found about the layers, heads and tokens of this model",
      attributes)
    try add(record.provenance)
    for part in parts { try part.add(to: &self, for: model) }
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
    var record = CalibrationRecord(provenance: try CalibrationProvenance(from: &reader))
    for place in places {
      guard let part = place.type as? any StoredPart.Type else {
        preconditionFailure("\(place.type) has no form in the file")
      }
      // A part that was not made has no group.
      if reader.tree.groups[part.path] != nil { place.set(&record, try part.init(from: &reader, for: model)) }
    }
    return record
  }
}

extension CalibrationProvenance: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("samples", \.samples), .init("seed", \.seed), .init("set_digest", \.setDigest),
      .init("kernels", \.kernels, since: 1, isOptional: true),
    ]
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
