/// A part of a tokenised prompt.
public enum PromptPiece: Equatable, Sendable {
  /// Text and control tokens.
  case tokens([Int32])
  /// Where the visual tokens of an image go; images are counted over the prompt.
  case image(Int)
}

/// A part of a prompt before it is tokenised.
package enum PromptPart: Equatable, Sendable {
  /// Text, as much as there is until something else comes.
  case text(String)
  /// A control token.
  case special(Int32)
  /// A control token that the tokenizer puts in front of every text.
  case leading(Int32)
  /// An image, counted over the prompt.
  case image(Int)
}
