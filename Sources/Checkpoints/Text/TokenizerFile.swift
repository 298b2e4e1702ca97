import PlanFormat

/// `tokenizer.json` of a byte-level BPE tokenizer.
struct TokenizerFile {
  let tables: TokenizerTables
  /// Ids that the tokenizer puts before every text when asked for control tokens.
  let leadingTokens: [Int32]

  static let idLimit = 4_194_304

  init(_ path: String) throws(CheckpointError) {
    let root = try Settings(contentsOf: path)
    if let normalizer = try root.child("normalizer") {
      throw normalizer.error("type", "is \(try normalizer.text("type")), supported is no normalizer")
    }
    if let decoder = try root.child("decoder") {
      let type = try decoder.text("type")
      guard type == "ByteLevel" else { throw decoder.error("type", "is \(type), supported is ByteLevel") }
    }
    var tables = TokenizerTables()
    try PreTokenizer.read(root, into: &tables)
    guard let model = try root.child("model") else { throw root.error("model", "is missing") }
    try Self.checkModel(model)
    tables.ignoresMerges = try model.flag("ignore_merges", default: false)
    let added = try Self.addedTokens(root)
    guard let vocabulary = try model.child("vocab") else { throw model.error("vocab", "is missing") }
    let ids = try Self.readVocabulary(vocabulary, added, into: &tables)
    tables.merges = try Self.merges(model, ids)
    tables.addedTokens = added
    self.tables = tables
    leadingTokens = try PostProcessor.leadingTokens(root)
  }

  private static func checkModel(_ model: Settings) throws(CheckpointError) {
    let type = try model.text("type", default: "BPE")
    guard type == "BPE" else { throw model.error("type", "is \(type), supported is BPE") }
    try model.demand("byte_fallback", false)
    let dropout = try model.real("dropout", default: 0)
    guard dropout == 0 else { throw model.error("dropout", "is \(dropout), supported is none") }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      let affix = try model.text(key, default: "")
      guard affix.isEmpty else { throw model.error(key, "is \"\(affix)\", supported is none") }
    }
  }

  private static func addedTokens(_ root: Settings) throws(CheckpointError) -> [TokenizerTables.AddedToken] {
    var list: [TokenizerTables.AddedToken] = []
    for (index, value) in try root.array("added_tokens").enumerated() {
      guard case .object(let object) = value else {
        throw root.error("added_tokens", "has \(value.summary), expected objects")
      }
      let entry = Settings(file: root.file, path: "added_tokens.\(index)", object: object)
      let id = try entry.integer("id")
      guard (0..<idLimit).contains(id) else { throw entry.error("id", "is \(id)") }
      list.append(
        .init(
          id: Int32(id), content: try entry.text("content"),
          singleWord: try entry.flag("single_word", default: false),
          stripsLeft: try entry.flag("lstrip", default: false),
          stripsRight: try entry.flag("rstrip", default: false),
          normalized: try entry.flag("normalized", default: true),
          special: try entry.flag("special", default: false)))
    }
    return list
  }

  /// Fills the bytes of all tokens; returns the ids by text for the merges.
  private static func readVocabulary(
    _ vocabulary: Settings, _ added: [TokenizerTables.AddedToken], into tables: inout TokenizerTables
  ) throws(CheckpointError) -> [ExactString: Int32] {
    var ids: [ExactString: Int32] = [:]
    var largest = added.map(\.id).max() ?? -1
    for (text, value) in vocabulary.object.members {
      guard case .integer(let id) = value, (0..<idLimit).contains(id) else {
        throw vocabulary.error(text, "is \(value.summary), expected a token id")
      }
      ids[ExactString(text)] = Int32(id)
      largest = max(largest, Int32(id))
    }
    tables.tokens = Array(repeating: [], count: Int(largest) + 1)
    let addedIDs = Set(added.map(\.id))
    var seen: Set<Int32> = []
    for (text, id) in ids {
      guard seen.insert(id).inserted else {
        throw vocabulary.error(text.text, "has an id that is there twice")
      }
      if addedIDs.contains(id) { continue }
      guard let bytes = ByteAlphabet.bytes(of: text.text) else {
        throw vocabulary.error(
          text.text, "has a character that stands for no byte: not a byte-level vocabulary")
      }
      tables.tokens[Int(id)] = bytes
    }
    for token in added { tables.tokens[Int(token.id)] = Array(token.content.utf8) }
    return ids
  }

  /// `"a b"` or `["a", "b"]`, in order of rank.
  private static func merges(
    _ model: Settings, _ ids: [ExactString: Int32]
  ) throws(CheckpointError) -> [TokenizerTables.Merge] {
    var merges: [TokenizerTables.Merge] = []
    for (rank, value) in try model.array("merges").enumerated() {
      let pair: [String]
      switch value {
      case .string(let text):
        pair = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      case .array(let values):
        pair = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
      default: pair = []
      }
      guard pair.count == 2, let left = ids[ExactString(pair[0])], let right = ids[ExactString(pair[1])],
        let result = ids[ExactString(pair[0] + pair[1])]
      else {
        throw model.error(
          "merges.\(rank)", "is \(value.summary), which does not join two tokens into a third")
      }
      merges.append(.init(left: left, right: right, result: result))
    }
    return merges
  }
}
