import JSONReading

/// The `post_processor` of `tokenizer.json`: control tokens around a text.
enum PostProcessor {
  static func leadingTokens(_ root: Settings) throws(CheckpointError) -> [Int32] {
    guard let own = try root.child("post_processor") else { return [] }
    var tokens: [Int32] = []
    for step in try own.steps("processors") {
      let type = try step.text("type")
      switch type {
      case "ByteLevel": break
      // Each wraps what the one before has made.
      case "TemplateProcessing": tokens = try template(step) + tokens
      default:
        throw step.error("type", "is \(type), supported are ByteLevel, TemplateProcessing and Sequence")
      }
    }
    return tokens
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
