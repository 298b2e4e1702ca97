public import Imaging
public import Tokenization

/// What to ask a model.
public struct Question: Sendable {
  /// The pictures, in order; there may be none.
  public var images: [ImageSource]
  /// What is said: the question, and what came before it.
  public var conversation: Conversation
  /// How the answer is generated.
  public var options = GenerationOptions()
  /// What its pictures are decoded within.
  public var decodeLimits = DecodeLimits()

  /// One question about some pictures.
  public init(images: [ImageSource], prompt: String) {
    self.init(images: images, conversation: Conversation(prompt))
  }

  /// A question at the end of a conversation about some pictures.
  public init(images: [ImageSource], conversation: Conversation) {
    self.images = images
    self.conversation = conversation
  }
}
