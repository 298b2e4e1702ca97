import Plan

/// One step that cuts text into pre-tokens, ready to be used.
enum Splitter: Sendable {
  case pattern(Matcher, SplitBehavior, inverted: Bool)
  case characters(@Sendable (Unicode.Scalar) -> Bool, SplitBehavior)
  case words
  case prefixSpace
  case metaspace(replacement: [UInt8], prepend: PrependScheme, splits: Bool)

  init(_ step: SplittingStep) throws(TokenizationError) {
    self =
      switch step {
      case .split(let pattern, let behavior, let inverted):
        .pattern(try Matcher(pattern), behavior, inverted: inverted)
      case .digits(let individual): .characters(CharacterClass.isNumber, individual ? .isolated : .contiguous)
      case .punctuation(let behavior): .characters(CharacterClass.isPunctuation, behavior)
      case .words: .words
      case .whiteSpace: .characters({ $0.properties.isWhitespace }, .removed)
      case .prefixSpace: .prefixSpace
      case .metaspace(let replacement, let prepend, let splits):
        .metaspace(replacement: Array(replacement.utf8), prepend: prepend, splits: splits)
      }
  }

  /// The pieces that `piece` becomes; some may be empty.
  func pieces(of piece: TextPiece, _ budget: inout MatchBudget) throws(TokenizationError) -> [TextPiece] {
    switch self {
    case .pattern(let matcher, let behavior, let inverted):
      var segments = try matcher.segments(of: piece.bytes, &budget)
      if inverted { for index in segments.indices { segments[index].isMatch.toggle() } }
      return behavior.ranges(of: segments).map(piece.part)
    case .characters(let isDelimiter, let behavior):
      return behavior.ranges(of: CharacterRun.segments(of: piece.bytes, isDelimiter)).map(piece.part)
    case .words: return CharacterRun.words(of: piece.bytes).map(piece.part)
    case .prefixSpace:
      var piece = piece
      if piece.bytes.first != UInt8(ascii: " ") { piece.prepend([UInt8(ascii: " ")]) }
      return [piece]
    case .metaspace(let replacement, let prepend, let splits):
      return try metaspace(piece, Matcher.literal(replacement), replacement, prepend, splits, &budget)
    }
  }

  private func metaspace(
    _ piece: TextPiece, _ matcher: Matcher, _ replacement: [UInt8], _ prepend: PrependScheme, _ splits: Bool,
    _ budget: inout MatchBudget
  ) throws(TokenizationError) -> [TextPiece] {
    var piece = piece
    piece.replace(
      matchesOf: try Matcher.literal([UInt8(ascii: " ")]).segments(of: piece.bytes, &budget),
      with: replacement)
    if prepend == .always || (prepend == .first && piece.isFirst),
      !piece.bytes.starts(with: replacement)
    {
      piece.prepend(replacement)
    }
    guard splits else { return [piece] }
    return SplitBehavior.mergedWithNext.ranges(of: try matcher.segments(of: piece.bytes, &budget)).map(
      piece.part)
  }
}
