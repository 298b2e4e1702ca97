import Plan

extension Tokenizer {
  /// The bytes a token stands for; none for ids without a token.
  public func bytes(of id: Int32) -> [UInt8] {
    tokens.indices.contains(Int(id)) ? tokens[Int(id)] : []
  }

  /// The text of tokens; what is no UTF-8 when joined becomes U+FFFD.
  ///
  /// - Parameter skippingSpecialTokens: whether control tokens are left out.
  public func decode(_ ids: [Int32], skippingSpecialTokens: Bool = true) -> String {
    var decoder = StreamingDecoder(self, skippingSpecialTokens: skippingSpecialTokens)
    var text = ""
    for id in ids { text += decoder.append(id) }
    return text + decoder.finish()
  }

  /// The bytes that a token adds to a text behind others; `nil` for control tokens, and where it adds none.
  ///
  /// They may be a part of a character alone. White space that decoding drops from the first token of a text is among them.
  package func textBytes(of id: Int32) -> [UInt8]? {
    guard !specialTokens.contains(id), let token = decodedBytes(of: id) else { return nil }
    if bytesOfText.areTokens { return token }
    if bytesOfText.haveFallback, let byte = ByteToken.byte(of: token, lowercase: true) { return [byte] }
    func text(_ tokens: [[UInt8]]) -> [UInt8] {
      var pipeline = pipeline
      return tokens.flatMap { pipeline.push($0) } + pipeline.finish()
    }
    // Behind a letter, as what is first in a text may be decoded in another way.
    let (before, both) = (text([[UInt8(ascii: "a")]]), text([[UInt8(ascii: "a")], token]))
    guard both.starts(with: before), both.count > before.count else { return nil }
    return Array(both.dropFirst(before.count))
  }

  /// What decoding starts from; `nil` for ids without a token.
  func decodedBytes(of id: Int32) -> [UInt8]? {
    if let bytes = addedText[id] { return bytes }
    let bytes = bytes(of: id)
    return bytes.isEmpty ? nil : bytes
  }

  static func pipeline(_ steps: [DecodingStep]) throws(TokenizationError) -> DecodingPipeline {
    var stages: [any DecodingStage] = []
    let budget = MatchBudget(
      bytes: 0, sharedBy: steps.count { if case .replace = $0 { true } else { false } })
    for step in steps {
      switch step {
      case .byteLevel: stages.append(ByteLevelStage())
      case .replace(let pattern, let content):
        stages.append(ReplaceStage(try Matcher(pattern), content: Array(content.utf8), budget))
      case .byteFallback: stages.append(ByteFallbackStage())
      case .fuse: stages.append(FuseStage())
      case .strip(let character, let start, let stop):
        stages.append(StripStage(Array(character.utf8), start: max(0, start), stop: max(0, stop)))
      case .metaspace(let replacement, let dropsFirst):
        stages.append(MetaspaceStage(Array(replacement.utf8), dropsFirst: dropsFirst))
      case .join(let separator): stages.append(JoinStage(Array(separator.utf8)))
      }
    }
    return DecodingPipeline(stages)
  }
}
