import Plan

/// The `pre_tokenizer` of `tokenizer.json`: how text is split before merging.
enum PreTokenizer {
  /// GPT-2's pattern, which `ByteLevel` uses by itself.
  static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  static func read(_ root: Settings, into tables: inout TokenizerTables) throws(CheckpointError) {
    tables.scheme = .characters
    guard let own = try root.child("pre_tokenizer") else { return }
    for step in try own.steps("pretokenizers") {
      let type = try step.text("type")
      guard tables.scheme == .characters else {
        throw step.error("type", "is \(type) after ByteLevel, which is supported as the last step alone")
      }
      if type == "ByteLevel" {
        tables.scheme = .byteLevel
        if try step.flag("add_prefix_space") { tables.splitting.append(.prefixSpace) }
        if try step.flag("use_regex", default: true) {
          tables.splitting.append(.split(.expression(gpt2), .isolated, inverted: false))
        }
      } else {
        tables.splitting.append(try read(step, type))
      }
    }
  }

  private static func read(_ step: Settings, _ type: String) throws(CheckpointError) -> SplittingStep {
    switch type {
    case "Split":
      return .split(
        try step.pattern("pattern"), try step.behavior("behavior"),
        inverted: try step.flag("invert", default: false))
    case "Digits": return .digits(individual: try step.flag("individual_digits"))
    case "Punctuation": return .punctuation(try step.behavior("behavior", default: "Isolated"))
    case "Whitespace": return .words
    case "WhitespaceSplit": return .whiteSpace
    case "Metaspace":
      return .metaspace(
        replacement: try step.character("replacement"), prepend: try Metaspace.prepend(step),
        splits: try step.flag("split", default: true))
    default:
      throw step.error(
        "type",
        "is \(type), supported are Split, Digits, Punctuation, Whitespace, WhitespaceSplit, Metaspace, "
          + "ByteLevel and Sequence")
    }
  }
}

/// Settings that the pre-tokenizer and the decoder of this name share.
enum Metaspace {
  /// The scheme, which older files write as `add_prefix_space`.
  static func prepend(_ step: Settings) throws(CheckpointError) -> PrependScheme {
    let adds = try step.flag("add_prefix_space", default: true)
    let name = try step.text("prepend_scheme", default: adds ? "always" : "never")
    guard let scheme = PrependScheme(rawValue: name) else {
      throw step.error("prepend_scheme", "is \(name), supported are always, first and never")
    }
    guard adds || scheme == .never else {
      throw step.error("prepend_scheme", "is \(name), but add_prefix_space is false")
    }
    return scheme
  }
}
