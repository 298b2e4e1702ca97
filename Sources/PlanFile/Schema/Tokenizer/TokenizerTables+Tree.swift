import Plan

/// `/tokenizer`.
private enum Schema {
  static let path = "/tokenizer"
  static let bytes = DatasetSchema(path + "/token_bytes", "bytes of all tokens, end to end", unit: "byte")
  static let offsets = DatasetSchema(
    path + "/token_offsets", "token i has the bytes from offset i up to offset i + 1", unit: "byte")
  static let merges = DatasetSchema(
    path + "/merges", "merges in order of rank, as token ids", columns: ["left", "right", "result"])
  static let added = DatasetSchema(
    path + "/added_tokens", "tokens matched as a whole in the text; flags are 0 or 1",
    columns: ["id", "single_word", "strips_left", "strips_right", "normalized", "special", "in_vocabulary"])
  static let stepStage = DatasetSchema(
    path + "/step_stage", "steps between text and tokens, in order: normalize, split or decode")
  static let stepKind = DatasetSchema(path + "/step_kind", "what each step does")
  static let stepMode = DatasetSchema(
    path + "/step_mode", "normal form, split behaviour or prepend scheme of a step")
  static let stepPattern = DatasetSchema(path + "/step_pattern", "what a step looks for")
  static let stepContent = DatasetSchema(path + "/step_content", "what a step writes or takes away")
  static let stepOptions = DatasetSchema(
    path + "/step_options", "flags or counts of a step", columns: ["first", "second"])
}

extension TreeBuilder {
  mutating func add(_ tokenizer: TokenizerTables) throws(Flaw) {
    var attributes = AttributeSet()
    attributes.put(tokenizer)
    group(Schema.path, "vocabulary, merges and control tokens", attributes)
    var offsets: [Int64] = [0]
    for token in tokenizer.tokens { offsets.append(offsets[offsets.count - 1] + Int64(token.count)) }
    array(Schema.bytes, Array(tokenizer.tokens.joined()))
    array(Schema.offsets, offsets)
    array(
      Schema.merges, tokenizer.merges.flatMap { [$0.left, $0.right, $0.result] },
      shape: [tokenizer.merges.count, 3])
    array(Schema.added, tokenizer.addedTokens.flatMap(\.row), shape: [tokenizer.addedTokens.count, 7])
    let steps =
      tokenizer.normalization.map { StepRow($0) } + tokenizer.splitting.map { StepRow($0) }
      + tokenizer.decoding.map { StepRow($0) }
    try texts(Schema.stepStage, steps.map(\.stage))
    try texts(Schema.stepKind, steps.map(\.kind))
    try texts(Schema.stepMode, steps.map(\.mode))
    try texts(Schema.stepPattern, steps.map(\.pattern))
    try texts(Schema.stepContent, steps.map(\.content))
    array(Schema.stepOptions, steps.flatMap { [$0.first, $0.second] }, shape: [steps.count, 2])
  }
}

extension TokenizerTables: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("scheme", \.scheme), .init("ignores_merges", \.ignoresMerges),
      .init("falls_back_to_bytes", \.fallsBackToBytes), .init("unknown_token", \.unknownToken),
      .init("fuses_unknown", \.fusesUnknown),
    ]
  }
}

extension TokenizerTables.Scheme: AttributeConvertible {}

extension TokenizerTables {
  init(from reader: inout TreeReader, vocabulary: Int) throws(Flaw) {
    self = try reader.record(at: Schema.path)
    // Each entry takes more memory than it takes in the file.
    try reader.require(rows: Schema.offsets, upTo: vocabulary + 1)
    try reader.require(rows: Schema.merges, upTo: Self.mergeLimit)
    try reader.require(rows: Schema.added, upTo: Self.addedLimit)
    let bytes: [UInt8] = try reader.array(Schema.bytes, shape: [nil])
    let offsets: [Int64] = try reader.array(Schema.offsets, shape: [nil])
    guard offsets.first == 0, offsets.last == Int64(bytes.count) else {
      throw Flaw(Schema.offsets.path, "does not start at 0 and end at \(bytes.count)")
    }
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      guard start <= end, end <= bytes.count else { throw Flaw(Schema.offsets.path, "does not ascend") }
      tokens.append(Array(bytes[Int(start)..<Int(end)]))
    }
    let merges: [Int32] = try reader.array(Schema.merges, shape: [nil, 3])
    self.merges = stride(from: 0, to: merges.count, by: 3).map {
      Merge(left: merges[$0], right: merges[$0 + 1], result: merges[$0 + 2])
    }
    let rows: [Int32] = try reader.array(Schema.added, shape: [nil, 7])
    for start in stride(from: 0, to: rows.count, by: 7) {
      addedTokens.append(try addedToken(Array(rows[start..<start + 7])))
    }
    try readSteps(&reader)
  }

  private mutating func readSteps(_ reader: inout TreeReader) throws(Flaw) {
    let stages = try reader.texts(Schema.stepStage, count: nil)
    guard stages.count <= Self.stepLimit else {
      throw Flaw(Schema.stepStage.path, "has \(stages.count) steps, more than \(Self.stepLimit)")
    }
    let kinds = try reader.texts(Schema.stepKind, count: stages.count)
    let modes = try reader.texts(Schema.stepMode, count: stages.count)
    let patterns = try reader.texts(Schema.stepPattern, count: stages.count)
    let contents = try reader.texts(Schema.stepContent, count: stages.count)
    let options: [Int32] = try reader.array(Schema.stepOptions, shape: [stages.count, 2])
    (normalization, splitting, decoding) = ([], [], [])
    for (index, stage) in stages.enumerated() {
      let row = StepRow(
        stage: stage, kind: kinds[index], mode: modes[index], pattern: patterns[index],
        content: contents[index], first: options[2 * index], second: options[2 * index + 1])
      switch stage {
      case "normalize": normalization.append(try Self.known(row.normalization, row, index))
      case "split": splitting.append(try Self.known(row.splitting, row, index))
      case "decode": decoding.append(try Self.known(row.decoding, row, index))
      default: throw Flaw(Schema.stepStage.path, "has the unknown stage '\(stage.prefix(64))'")
      }
    }
  }

  private static func known<Step>(_ step: Step?, _ row: StepRow, _ index: Int) throws(Flaw) -> Step {
    guard let step else {
      throw Flaw(Schema.stepKind.path, "step \(index) is the unknown '\(row.kind.prefix(64))'")
    }
    return step
  }

  private func addedToken(_ row: [Int32]) throws(Flaw) -> AddedToken {
    guard row.dropFirst().allSatisfy({ $0 == 0 || $0 == 1 }) else {
      throw Flaw(Schema.added.path, "has a flag that is neither 0 nor 1")
    }
    guard tokens.indices.contains(Int(row[0])),
      let content = String(validating: tokens[Int(row[0])], as: UTF8.self)
    else { throw Flaw(Schema.added.path, "names token \(row[0]), which has no text") }
    return AddedToken(
      id: row[0], content: content, singleWord: row[1] == 1, stripsLeft: row[2] == 1,
      stripsRight: row[3] == 1, normalized: row[4] == 1, special: row[5] == 1, inVocabulary: row[6] == 1)
  }
}

extension TokenizerTables.AddedToken {
  fileprivate var row: [Int32] {
    [id] + [singleWord, stripsLeft, stripsRight, normalized, special, inVocabulary].map { $0 ? 1 : 0 }
  }
}
