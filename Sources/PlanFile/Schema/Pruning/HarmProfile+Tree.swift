import Plan

/// Settings of which a plan holds a table of candidates.
protocol StoredCandidate: StoredSettings, CandidateSettings {
  /// What the table says, for readers of the file.
  static var summary: String { get }
}

/// `/calibration/METHOD`: a dataset a setting, with an entry a candidate, and their figures.
extension HarmProfile: StoredPart where Settings: StoredCandidate {
  static var since: Int { Settings.since }

  private static var figures: DatasetSchema {
    DatasetSchema(
      path(of: "candidate_figures"), "what each candidate loses and saves, one a row",
      columns: ["divergence_nats", "agreement", "token_share", "tower_share"])
  }

  private static var samples: DatasetSchema { .samples(of: path) }

  private static func schema(_ field: AttributeField<Settings>) -> DatasetSchema {
    DatasetSchema(path(of: "candidate_\(field.name)"), "the setting '\(field.name)' of each candidate")
  }

  func add(to builder: inout TreeBuilder, for model: ModelDescription) throws(Flaw) {
    builder.group(Self.path, Settings.summary)
    for field in Settings.fields {
      try builder.add(field, of: candidates.map(\.settings), Self.schema(field))
    }
    let figures = candidates.flatMap { [$0.divergence, $0.agreement, $0.tokenShare, $0.towerShare] }
    builder.array(Self.figures, figures, shape: [candidates.count, 4])
    builder.samples(Self.samples, candidates.map(\.samples))
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    self.init()
    try reader.group(Self.path)
    let figures: [Double] = try reader.array(Self.figures, shape: [nil, 4])
    var settings = Array(repeating: Settings.blank, count: figures.count / 4)
    for field in Settings.fields { try reader.take(field, of: &settings, Self.schema(field)) }
    let samples = try reader.samples(Self.samples, of: settings.count)
    candidates = settings.enumerated().map { index, settings in
      Candidate(
        settings: settings, divergence: figures[4 * index], agreement: figures[4 * index + 1],
        tokenShare: figures[4 * index + 2], towerShare: figures[4 * index + 3], samples: samples?[index])
    }
  }
}

extension DatasetSchema {
  /// Samples behind each candidate of a group.
  static func samples(of group: String) -> DatasetSchema {
    DatasetSchema(
      group + "/candidate_samples",
      "samples that each candidate was measured on, as those that are surely behind leave early")
  }
}

extension TreeBuilder {
  /// Adds the samples that each of some candidates was measured on, where all of them say so.
  mutating func samples(_ schema: DatasetSchema, _ samples: [Int?]) {
    let known = samples.compactMap { $0 }.map(Int32.init(clamping:))
    if known.count == samples.count, !known.isEmpty { array(schema, known) }
  }
}

extension TreeReader {
  /// Samples that each of some candidates was measured on, where a plan says so.
  mutating func samples(_ schema: DatasetSchema, of candidates: Int) throws(Flaw) -> [Int]? {
    guard shape(of: schema.path) != nil else { return nil }
    let numbers: [Int32] = try array(schema, shape: [candidates])
    guard numbers.allSatisfy({ $0 > 0 }) else { throw Flaw(schema.path, "has an entry that is not positive") }
    return numbers.map(Int.init)
  }
}

extension TreeBuilder {
  /// Adds one field of many records.
  fileprivate mutating func add<Record: AttributeRecord>(
    _ field: AttributeField<Record>, of records: [Record], _ schema: DatasetSchema
  ) throws(Flaw) {
    let values = records.map { field.get($0) }
    switch field.get(Record.blank) {
    case .flag: array(schema, values.map { $0 == .flag(true) ? Int64(1) : 0 })
    case .integer:
      array(schema, values.compactMap { if case .integer(let number) = $0 { number } else { nil } })
    case .unsigned:
      array(schema, values.compactMap { if case .unsigned(let number) = $0 { number } else { nil } })
    case .real: array(schema, values.compactMap { if case .real(let number) = $0 { number } else { nil } })
    case .text: try texts(schema, values.compactMap { if case .text(let text) = $0 { text } else { nil } })
    case .integers, .reals, .texts: throw Flaw(schema.path, "is a list, of which no table can be made")
    }
  }
}

extension TreeReader {
  /// Takes one field of many records.
  fileprivate mutating func take<Record: AttributeRecord>(
    _ field: AttributeField<Record>, of records: inout [Record], _ schema: DatasetSchema
  ) throws(Flaw) {
    let values: [AttributeValue]
    switch field.get(Record.blank) {
    case .flag:
      let numbers: [Int64] = try array(schema, shape: [records.count])
      guard numbers.allSatisfy({ $0 == 0 || $0 == 1 }) else {
        throw Flaw(schema.path, "has entries that are not 0 or 1")
      }
      values = numbers.map { .flag($0 == 1) }
    case .integer: values = try array(schema, Int64.self, shape: [records.count]).map { .integer($0) }
    case .unsigned: values = try array(schema, UInt64.self, shape: [records.count]).map { .unsigned($0) }
    case .real: values = try array(schema, Double.self, shape: [records.count]).map { .real($0) }
    case .text: values = try texts(schema, count: records.count).map { .text($0) }
    case .integers, .reals, .texts: throw Flaw(schema.path, "is a list, of which no table can be made")
    }
    for (index, value) in values.enumerated() where !field.set(&records[index], value) {
      throw Flaw(schema.path, "row \(index) has an unknown value")
    }
  }
}
