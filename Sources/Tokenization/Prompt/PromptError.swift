/// Why a conversation cannot be made into a prompt.
public enum PromptError: Error, Equatable, Sendable {
  /// The user says nothing in a turn.
  case empty
  /// The places for images are not as many as the images.
  case imageCount(places: Int, images: Int)
  /// There is not one reply between any two prompts.
  case replyCount(prompts: Int, replies: Int)
  /// The template has no place for a system prompt.
  case noSystemPrompt
  /// The template takes one turn alone.
  case noEarlierTurns
  /// The template takes each of these, but not this conversation.
  case noFrame
  /// The text cannot be tokenised.
  case tokenization(TokenizationError)
}

extension PromptError: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    switch self {
    case .empty: "prompt: is empty"
    case .imageCount(let places, let images):
      "prompt: has \(Conversation.Content.placeholder) \(places) times for \(images) images"
    case .replyCount(let prompts, let replies):
      "prompt: \(prompts) prompts need \(prompts - 1) replies between them, found \(replies)"
    case .noSystemPrompt: "prompt: the model's chat template has no place for a system prompt"
    case .noEarlierTurns: "prompt: the model's chat template takes one turn alone"
    case .noFrame: "prompt: the model's chat template has no form for this conversation"
    case .tokenization(let error): error.description
    }
  }
}
