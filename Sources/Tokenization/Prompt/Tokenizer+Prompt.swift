public import Plan

extension Tokenizer {
  /// The prompt that `template` makes of a conversation whose images have been placed.
  ///
  /// Literals and people's texts beside each other are one text, so the tokens are those of the whole string.
  /// Control tokens come from the template alone: written in people's texts they are plain text. Runs of tokens
  /// are never empty and never beside each other.
  public func encode(
    _ template: PromptTemplate, _ conversation: Conversation
  ) throws(PromptError) -> [PromptPiece] {
    let parts = try template.parts(of: conversation)
    var budget = MatchBudget(
      bytes: parts.reduce(0) { if case .text(let text) = $1 { $0 + text.utf8.count } else { $0 } })
    var pieces: [PromptPiece] = []
    var ids: [Int32] = []
    var isStart = true
    for (index, part) in parts.enumerated() {
      switch part {
      case .text(let text):
        let before = index > 0 ? trimming(beside: parts[index - 1], template).trimsRight : false
        let after = index + 1 < parts.count ? trimming(beside: parts[index + 1], template).trimsLeft : false
        ids += try tokens(Trimming(left: before, right: after).trimmed(text), isStart: isStart, &budget)
      case .special(let id), .leading(let id):
        guard !bytes(of: id).isEmpty else { throw .tokenization(.unknownToken(id: id)) }
        ids.append(id)
      case .image(let index):
        if !ids.isEmpty { pieces.append(.tokens(ids)) }
        ids = []
        pieces.append(.image(index))
      }
      if case .leading = part {} else { isStart = false }
    }
    if !ids.isEmpty { pieces.append(.tokens(ids)) }
    return pieces
  }

  /// White space that a token takes with it from the text beside it.
  private func trimming(beside part: PromptPart, _ template: PromptTemplate) -> Trimming {
    switch part {
    case .text, .leading: .none
    case .special(let id): addedTrimming[id] ?? .none
    case .image: template.imageTrimming
    }
  }

  /// - Parameter isStart: whether the prompt's text starts here, where some schemes put a space in front.
  private func tokens(
    _ text: String, isStart: Bool, _ budget: inout MatchBudget
  ) throws(PromptError) -> [Int32] {
    do {
      return try encode(valid: Array(text.utf8), isFirst: isStart, parsingSpecialTokens: false, &budget)
    } catch { throw .tokenization(error) }
  }
}

extension TokenizerTables.AddedToken {
  /// White space that the token takes with it.
  var trimming: Trimming { Trimming(left: stripsLeft, right: stripsRight) }
}
