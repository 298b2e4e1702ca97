import Plan
import Testing
import TestSupport

@testable import Checkpoints

/// A small `tokenizer.json`, with parts in the place of others.
private func file(_ parts: [String: String] = [:]) -> String {
  var all = [
    "added_tokens": #"[{"id": 2, "content": "<s>", "special": true}]"#, "normalizer": "null",
    "pre_tokenizer": "null", "post_processor": "null", "decoder": "null",
    "model": #"{"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}"#,
  ]
  all.merge(parts) { $1 }
  return "{" + all.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
}

private func read(_ parts: [String: String]) throws -> TokenizerFile {
  let folder = try TemporaryFolder()
  return try TokenizerFile(folder.write(file(parts), to: "tokenizer.json"))
}

@Suite("A tokenizer.json", .endsWithin(minutes: 1))
struct TokenizerFileTests {
  @Test("without steps is one of characters, decoded with spaces between")
  func plain() throws {
    let tables = try read([:]).tables
    #expect(tables.scheme == .characters && tables.splitting.isEmpty && tables.normalization.isEmpty)
    #expect(tables.decoding == [.join(" ")] && tables.unknownToken == -1)
  }

  @Test("of byte-level steps has GPT-2's pattern only where the file asks for it")
  func byteLevel() throws {
    let digits = #"{"type": "Digits", "individual_digits": true}"#
    let bytes = #"{"type": "ByteLevel", "add_prefix_space": true, "use_regex": false}"#
    let tables = try read([
      "pre_tokenizer": #"{"type": "Sequence", "pretokenizers": [\#(digits), \#(bytes)]}"#
    ]).tables
    #expect(tables.scheme == .byteLevel && tables.decoding == [.byteLevel])
    #expect(tables.splitting == [.digits(individual: true), .prefixSpace])
  }

  @Test("may write Metaspace's scheme in the old and the new way")
  func metaspace() throws {
    for (options, scheme) in [
      ("", PrependScheme.always), (#", "add_prefix_space": true"#, .always),
      (#", "prepend_scheme": "first", "add_prefix_space": true"#, .first),
      (#", "prepend_scheme": "never", "add_prefix_space": false"#, .never),
      (#", "add_prefix_space": false"#, .never),
    ] {
      let step = #"{"type": "Metaspace", "replacement": "▁"\#(options)}"#
      let tables = try read(["pre_tokenizer": step, "decoder": step]).tables
      #expect(tables.splitting == [.metaspace(replacement: "▁", prepend: scheme, splits: true)])
      #expect(tables.decoding == [.metaspace(replacement: "▁", dropsFirst: scheme != .never)])
    }
  }

  @Test("numbers added tokens as Hugging Face does, whatever ids it has")
  func addedTokens() throws {
    let added = try read([
      "added_tokens": """
      [{"id": 9, "content": "x"}, {"id": 9, "content": "b"}, {"id": 3, "content": ""},
       {"id": 3, "content": "y", "special": true}]
      """
    ]).tables.addedTokens
    #expect(added.map(\.id) == [2, 1, 3] && added.map(\.content) == ["x", "b", "y"])
    #expect(added.map(\.inVocabulary) == [false, true, false])
    #expect(added.map(\.normalized) == [true, true, false])
  }

  @Test("puts the control tokens of all its templates in front")
  func leading() throws {
    let template = #"""
      {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
       {"Sequence": {"id": "A", "type_id": 0}}], "special_tokens": {"<s>": {"id": "<s>", "ids": [2]}}}
      """#
    #expect(try read(["post_processor": template]).leadingTokens == [2])
    let bytes = #"{"type": "ByteLevel", "trim_offsets": true}"#
    let sequence = #"{"type": "Sequence", "processors": [\#(bytes), \#(template)]}"#
    #expect(try read(["post_processor": sequence]).leadingTokens == [2])
  }

  @Test(
    "with what is not supported is refused by key",
    arguments: [
      ("model", #"{"type": "WordPiece", "vocab": {}}"#, "model.type", "is WordPiece, supported is BPE"),
      ("model", #"{"type": "WordLevel", "vocab": {}}"#, "model.type", "is WordLevel, supported is BPE"),
      ("model", #"{"type": "Unigram", "vocab": []}"#, "model.type", "is Unigram, supported is BPE"),
      ("model", #"{"vocab": {}}"#, "model.type", "is none, supported is BPE"),
      (
        "model", #"{"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "b"]]}"#, "model.merges.0",
        "is a list of 2, which does not join two tokens into a third"
      ),
      (
        "model", #"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "?"}"#, "model.unk_token",
        #"is "?", which is not in the vocabulary"#
      ),
      (
        "model", #"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "</w>"}"#,
        "model.end_of_word_suffix", #"is "</w>", supported is none"#
      ),
      ("normalizer", #"{"type": "Nmt"}"#, "normalizer.type", "is Nmt, supported are Prepend, Replace"),
      (
        "normalizer", #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Precompiled"}]}"#,
        "normalizer.normalizers.1.type", "is Precompiled, supported are"
      ),
      (
        "normalizer", #"{"type": "Replace", "pattern": {"Regex": "[a&&b]"}, "content": ""}"#,
        "normalizer.pattern.Regex", "an intersection of classes is not supported at byte 2"
      ),
      (
        "normalizer", #"{"type": "Replace", "pattern": {"String": ""}, "content": ""}"#,
        "normalizer.pattern.String", "is empty"
      ),
      (
        "pre_tokenizer", #"{"type": "UnicodeScripts"}"#, "pre_tokenizer.type",
        "is UnicodeScripts, supported are Split, Digits"
      ),
      (
        "pre_tokenizer",
        #"{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel", "add_prefix_space": false}, {"type": "Whitespace"}]}"#,
        "pre_tokenizer.pretokenizers.1.type", "is Whitespace after ByteLevel"
      ),
      (
        "pre_tokenizer", #"{"type": "Metaspace", "replacement": "__"}"#, "pre_tokenizer.replacement",
        #"is "__", expected one character"#
      ),
      (
        "pre_tokenizer",
        #"{"type": "Metaspace", "replacement": "_", "prepend_scheme": "first", "add_prefix_space": false}"#,
        "pre_tokenizer.prepend_scheme", "is first, but add_prefix_space is false"
      ),
      (
        "pre_tokenizer", #"{"type": "Split", "pattern": {"String": "a"}, "behavior": "Kept"}"#,
        "pre_tokenizer.behavior", "is Kept, supported are Isolated"
      ),
      ("decoder", #"{"type": "WordPiece"}"#, "decoder.type", "is WordPiece, supported are ByteLevel"),
      ("decoder", #"{"type": "ByteLevel"}"#, "decoder.type", "is ByteLevel, but the pre-tokenizer is not"),
      (
        "decoder", #"{"type": "Strip", "content": " ", "start": -1, "stop": 0}"#, "decoder.start",
        "is -1, expected 0 to 1024"
      ),
      (
        "post_processor", #"{"type": "BertProcessing"}"#, "post_processor.type",
        "is BertProcessing, supported are ByteLevel"
      ),
    ])
  func refused(part: String, value: String, object: String, reason: String) throws {
    let error = try #require(throws: CheckpointError.self) { try read([part: value]) }
    #expect(error.object == object)
    #expect(error.reason.contains(reason), "\(error)")
  }
}
