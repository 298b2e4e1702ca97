public import PlanFormat

extension Tokenizer {
  /// The prompt that `template` makes of the user's text.
  ///
  /// Literals and user text beside each other are one text, so the tokens are those of the whole string. Control
  /// tokens come from the template's own segments alone: written in the user's text they are plain text. Runs of
  /// tokens are never empty and never beside each other.
  public func encode(
    _ template: PromptTemplate, userText: String
  ) throws(TokenizationError) -> [PromptPiece] {
    var pieces: [PromptPiece] = []
    var ids: [Int32] = []
    var text = ""
    for segment in template.segments {
      switch segment {
      case .literal(let literal):
        text += literal
      case .userText:
        text += userText
      case .special(let id):
        guard !bytes(of: id).isEmpty else { throw .unknownToken(id: id) }
        try flush(&text, into: &ids)
        ids.append(id)
      case .image:
        try flush(&text, into: &ids)
        if !ids.isEmpty { pieces.append(.tokens(ids)) }
        ids = []
        pieces.append(.image)
      }
    }
    try flush(&text, into: &ids)
    if !ids.isEmpty { pieces.append(.tokens(ids)) }
    return pieces
  }

  private func flush(_ text: inout String, into ids: inout [Int32]) throws(TokenizationError) {
    ids += try encode(text, parsingSpecialTokens: false)
    text = ""
  }
}
