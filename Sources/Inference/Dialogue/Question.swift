public import Tokenization

/// What to ask a session.
public struct Question: Sendable {
  /// Paths of the pictures, in order.
  public var images: [String]
  /// What is said: the question, and what came before it.
  public var conversation: Conversation
  /// Most tokens to decode.
  public var maxTokens = 256
  /// How tokens are drawn.
  public var sampling = SamplingOptions()

  /// One question about some pictures.
  public init(images: [String], prompt: String) {
    self.init(images: images, conversation: Conversation(prompt))
  }

  /// A question at the end of a conversation about some pictures.
  public init(images: [String], conversation: Conversation) {
    self.images = images
    self.conversation = conversation
  }
}
