internal import HDF5

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
    columns: ["id", "single_word", "strips_left", "strips_right", "normalized", "special"])
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
    array(Schema.added, tokenizer.addedTokens.flatMap(\.row), shape: [tokenizer.addedTokens.count, 6])
  }
}

extension TokenizerTables: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("scheme", \.scheme), .init("pattern", \.pattern), .init("adds_prefix_space", \.addsPrefixSpace),
      .init("ignores_merges", \.ignoresMerges),
    ]
  }
}

extension TokenizerTables.Scheme: AttributeConvertible {}

extension TokenizerTables {
  init(from reader: inout TreeReader) throws(Flaw) {
    self = try reader.record(at: Schema.path)
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
    let rows: [Int32] = try reader.array(Schema.added, shape: [nil, 6])
    for start in stride(from: 0, to: rows.count, by: 6) {
      addedTokens.append(try addedToken(Array(rows[start..<start + 6])))
    }
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
      stripsRight: row[3] == 1, normalized: row[4] == 1, special: row[5] == 1)
  }
}

extension TokenizerTables.AddedToken {
  fileprivate var row: [Int32] {
    [id] + [singleWord, stripsLeft, stripsRight, normalized, special].map { $0 ? 1 : 0 }
  }
}
