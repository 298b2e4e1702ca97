/// The order of tokens and images in a prompt.
public struct PromptLayout: Equatable, Sendable {
  /// Tokens and images, in order.
  public var parts: [Part]

  /// Creates a layout.
  public init(parts: [Part]) { self.parts = parts }

  /// One part of a prompt.
  public enum Part: Equatable, Sendable {
    /// A text token.
    case token(Int32)
    /// All visual tokens of the image with this index.
    case image(Int)
  }

  /// Images in the prompt.
  public var imageCount: Int {
    parts.count { if case .image = $0 { true } else { false } }
  }

}
