import JSONReading
package import Plan
import Tokenization

/// A byte-pair encoding tokenizer: `tokenizer.json`, or `vocab.json` and `merges.txt`, or `tokenizer.model`, and what
/// `tokenizer_config.json` adds.
package struct TokenizerFile {
  /// What the runtime needs of it.
  package private(set) var tables: TokenizerTables
  /// Ids that the tokenizer puts before every text when asked for control tokens.
  let leadingTokens: [Int32]

  /// Files that were read.
  let files: [String]

  static let idLimit = 4_194_304

  /// Reads the tokenizer of a checkpoint of a `model_type`.
  init(_ directory: String, family: String) throws(CheckpointError) {
    let path = "\(directory)/tokenizer.json"
    let configuration = try TokenizerConfiguration(directory)
    let others = try configuration.addedTokens()
    if !fileExists(path), VocabularyFiles.names(directory).allSatisfy(fileExists) {
      let root = try VocabularyFiles.read(directory, configuration, family: family)
      try self.init(
        root, others: others + configuration.controlTokens(), files: VocabularyFiles.names(directory))
    } else if !fileExists(path), fileExists(SentencePieceTokenizer.name(directory)) {
      let file = SentencePieceTokenizer.name(directory)
      let root = try SentencePieceTokenizer.read(file, startToken: configuration.startToken())
      try self.init(root, others: others + configuration.controlTokens(), files: [file])
    } else {
      try self.init(try Settings(contentsOf: path), others: others, files: [path])
    }
  }

  /// Reads a `tokenizer.json` alone.
  package init(_ path: String) throws(CheckpointError) {
    try self.init(try Settings(contentsOf: path), others: [], files: [path])
  }

  /// Reads a `tokenizer.model` alone.
  package init(sentencePiece path: String) throws(CheckpointError) {
    let root = try SentencePieceTokenizer.read(path, startToken: nil)
    try self.init(root, others: [], files: [path])
  }

  private init(_ root: Settings, others: [Settings], files: [String]) throws(CheckpointError) {
    self.files = files
    guard let model = try root.child("model") else { throw root.error("model", "is missing") }
    try Self.checkModel(model)
    var tables = TokenizerTables()
    tables.normalization = try NormalizerReader.read(root)
    try PreTokenizer.read(root, into: &tables)
    try DecoderReader.read(root, into: &tables)
    tables.ignoresMerges = try model.flag("ignore_merges", default: false)
    guard let vocabulary = try model.child("vocab") else { throw model.error("vocab", "is missing") }
    let ids = try VocabularyReader.ids(vocabulary)
    let added = try AddedTokens.read(root, ids, others: others)
    tables.tokens = try VocabularyReader.tokens(vocabulary, ids, added, tables.scheme)
    tables.addedTokens = added
    tables.merges = try VocabularyReader.merges(model, ids)
    try Self.readUnknown(model, ids, into: &tables)
    do { _ = try Tokenizer(tables) } catch {
      throw CheckpointError(file: root.file, reason: error.description)
    }
    self.tables = tables
    leadingTokens = try PostProcessor.leadingTokens(root)
  }

  /// Leaves out added tokens that the model has no row for, as transformers writes them into folders whose processor wants a
  /// token that the model never had. Fed, they would fail there; here their text is text. Returns what was left out.
  mutating func leaveOutTokens(beyond vocabulary: Int) -> [TokenizerTables.AddedToken] {
    let beyond = tables.addedTokens.filter { $0.id >= vocabulary && !$0.inVocabulary }
    // Tokens of the vocabulary itself cannot be left out: merges lead to them.
    guard !beyond.isEmpty, beyond.count == tables.tokens.count - vocabulary else { return [] }
    tables.addedTokens.removeAll { $0.id >= vocabulary && !$0.inVocabulary }
    tables.tokens.removeLast(beyond.count)
    return beyond
  }

  private static func checkModel(_ model: Settings) throws(CheckpointError) {
    // Old files leave the type out; then only this model has merges.
    let type = try model.text("type", default: model["merges"] == nil ? "none" : "BPE")
    guard type == "BPE" else { throw model.error("type", "is \(type), supported is BPE") }
    let dropout = try model.real("dropout", default: 0)
    guard dropout == 0 else { throw model.error("dropout", "is \(dropout), supported is none") }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      let affix = try model.text(key, default: "")
      guard affix.isEmpty else { throw model.error(key, "is \"\(affix)\", supported is none") }
    }
  }

  /// What becomes of characters without a token.
  private static func readUnknown(
    _ model: Settings, _ ids: [ExactString: Int32], into tables: inout TokenizerTables
  ) throws(CheckpointError) {
    tables.fusesUnknown = try model.flag("fuse_unk", default: false)
    if model["unk_token"] != nil {
      let text = try model.text("unk_token")
      guard let id = ids[ExactString(text)] else {
        throw model.error("unk_token", "is \"\(text)\", which is not in the vocabulary")
      }
      tables.unknownToken = Int(id)
    }
    guard try model.flag("byte_fallback", default: false) else { return }
    if tables.scheme == .characters {
      tables.fallsBackToBytes = true
    } else if (UInt8.min...UInt8.max).contains(where: { ids[ExactString(ByteAlphabet.text(of: $0))] == nil })
    {
      throw model.error("byte_fallback", "is true, but ByteLevel has made bytes of all text already")
    }
  }
}
