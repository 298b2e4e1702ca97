/// A part of an assembled prompt.
public enum PromptPiece: Equatable, Sendable {
  /// Text and control tokens.
  case tokens([Int32])
  /// Where an image's visual tokens go.
  case image
}
