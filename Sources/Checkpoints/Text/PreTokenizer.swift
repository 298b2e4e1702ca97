import PlanFormat

/// The `pre_tokenizer` of `tokenizer.json`: how text is split before merging.
enum PreTokenizer {
  /// GPT-2's pattern, which `ByteLevel` uses by itself.
  static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  static func read(_ root: Settings, into tables: inout TokenizerTables) throws(CheckpointError) {
    guard let own = try root.child("pre_tokenizer") else {
      throw root.error("pre_tokenizer", "is missing, supported is ByteLevel")
    }
    var steps = [own]
    if try own.text("type") == "Sequence" {
      steps = []
      for (index, value) in try own.array("pretokenizers").enumerated() {
        guard case .object(let object) = value else {
          throw own.error("pretokenizers", "has \(value.summary), expected objects")
        }
        steps.append(Settings(file: own.file, path: "\(own.path).pretokenizers.\(index)", object: object))
      }
    }
    guard let last = steps.last, try last.text("type") == "ByteLevel" else {
      throw own.error("type", "is \(try own.text("type")), supported is ByteLevel, alone or after one Split")
    }
    tables.scheme = .byteLevel
    tables.addsPrefixSpace = try last.flag("add_prefix_space", default: true)
    let usesOwnPattern = try last.flag("use_regex", default: true)
    switch (steps.count, usesOwnPattern) {
    case (1, true): tables.pattern = gpt2
    case (1, false): tables.pattern = ""
    case (2, false): tables.pattern = try pattern(of: steps[0])
    default:
      throw own.error("pretokenizers", "are more than one Split and a ByteLevel without a pattern of its own")
    }
  }

  private static func pattern(of split: Settings) throws(CheckpointError) -> String {
    let type = try split.text("type")
    guard type == "Split" else { throw split.error("type", "is \(type), supported is Split") }
    let (behavior, inverted) = (try split.text("behavior"), try split.flag("invert", default: false))
    guard (behavior, inverted) == ("Isolated", false) || (behavior, inverted) == ("Removed", true) else {
      throw split.error("behavior", "is \(behavior) with invert \(inverted), supported is Isolated")
    }
    guard let pattern = try split.child("pattern") else { throw split.error("pattern", "is missing") }
    return try pattern.text("Regex")
  }
}

/// The `post_processor` of `tokenizer.json`: control tokens around a text.
enum PostProcessor {
  static func leadingTokens(_ root: Settings) throws(CheckpointError) -> [Int32] {
    guard let own = try root.child("post_processor") else { return [] }
    var tokens: [Int32] = []
    for step in try steps(own) {
      let type = try step.text("type")
      switch type {
      case "ByteLevel": break
      case "TemplateProcessing": tokens += try template(step)
      default: throw step.error("type", "is \(type), supported are ByteLevel and TemplateProcessing")
      }
    }
    return tokens
  }

  private static func steps(_ own: Settings) throws(CheckpointError) -> [Settings] {
    guard try own.text("type") == "Sequence" else { return [own] }
    var steps: [Settings] = []
    for (index, value) in try own.array("processors").enumerated() {
      guard case .object(let object) = value else {
        throw own.error("processors", "has \(value.summary), expected objects")
      }
      steps.append(Settings(file: own.file, path: "\(own.path).processors.\(index)", object: object))
    }
    return steps
  }

  /// Control tokens before the text; any after it are refused.
  private static func template(_ step: Settings) throws(CheckpointError) -> [Int32] {
    var tokens: [Int32] = []
    var sawText = false
    for value in try step.array("single") {
      guard case .object(let object) = value else {
        throw step.error("single", "has \(value.summary), expected objects")
      }
      let piece = Settings(file: step.file, path: "\(step.path).single", object: object)
      if piece["Sequence"] != nil {
        sawText = true
      } else if let special = try piece.child("SpecialToken") {
        if sawText {
          throw step.error("single", "puts a control token after the text, which is not supported")
        }
        let name = try special.text("id")
        guard let entry = try step.child("special_tokens")?.child(name) else {
          throw step.error("special_tokens", "lacks \"\(name)\"")
        }
        for id in try entry.tokens("ids") ?? [] {
          guard (0..<TokenizerFile.idLimit).contains(id) else { throw entry.error("ids", "has \(id)") }
          tokens.append(Int32(id))
        }
      }
    }
    return tokens
  }
}
