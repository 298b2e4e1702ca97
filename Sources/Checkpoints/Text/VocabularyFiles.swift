import JSONReading
import Plan

/// A tokenizer of older checkpoints: `vocab.json` and `merges.txt`, the rest by the name of its class.
enum VocabularyFiles {
  /// GPT-2's pattern for words with Qwen2's digits and line ends.
  private static let qwen2 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  static func names(_ directory: String) -> [String] {
    ["vocab.json", "merges.txt"].map { "\(directory)/\($0)" }
  }

  /// What transformers makes of the files: the contents of a `tokenizer.json`.
  ///
  /// - Parameter family: the `model_type`, which decides where no class is named.
  static func read(
    _ directory: String, _ configuration: TokenizerConfiguration, family: String
  ) throws(CheckpointError) -> Settings {
    let files = names(directory)
    let vocabulary = try Settings(contentsOf: files[0])
    var merges: [JSON] = []
    for (index, line) in try readText(files[1]).split(whereSeparator: \.isNewline).enumerated() {
      if index == 0, line.hasPrefix("#version") { continue }
      if !line.isEmpty { merges.append(.string(String(line))) }
    }
    let standard = family.hasPrefix("qwen2") ? "Qwen2Tokenizer" : nil
    let kind = try configuration.kind() ?? standard
    let bytes: JSON = .object(
      JSONObject([
        ("type", .string("ByteLevel")), ("add_prefix_space", .bool(false)),
        ("use_regex", .bool(kind == "GPT2Tokenizer")),
      ]))
    var members: [(name: String, value: JSON)] = [("decoder", bytes)]
    switch kind {
    case "GPT2Tokenizer": members.append(("pre_tokenizer", bytes))
    case "Qwen2Tokenizer":
      let split: JSON = .object(
        JSONObject([
          ("type", .string("Split")), ("behavior", .string("Isolated")),
          ("pattern", .object(JSONObject([("Regex", .string(qwen2))]))),
        ]))
      members.append(
        (
          "pre_tokenizer",
          .object(JSONObject([("type", .string("Sequence")), ("pretokenizers", .array([split, bytes]))]))
        ))
      members.append(("normalizer", .object(JSONObject([("type", .string("NFC"))]))))
    default:
      throw CheckpointError(
        file: "\(directory)/tokenizer.json",
        reason:
          "is missing, and vocab.json beside merges.txt is read for Qwen2Tokenizer and GPT2Tokenizer only, "
          + "not for \(kind ?? "an unnamed tokenizer_class")")
    }
    let model = JSONObject([
      ("type", .string("BPE")), ("vocab", .object(vocabulary.object)), ("merges", .array(merges)),
    ])
    members.append(("model", .object(model)))
    return Settings(file: files[0], object: JSONObject(members))
  }
}
