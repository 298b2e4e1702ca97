import ArgumentParser
import Tokenization

/// Options of every verb that asks a model something.
struct ConversationArguments: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The user's text; <image> in it is the place of a picture.",
      discussion: "Without any place the pictures come first. Repeated, with --reply between: a conversation."
    ))
  var prompt: [String]

  @Option(
    parsing: .unconditionalSingleValue, help: "What the model said to the prompt before; may be repeated.")
  var reply: [String] = []

  @Option(parsing: .unconditional, help: "System prompt. (default: what the model's chat template has)")
  var system: String?

  var conversation: Conversation {
    get throws { try Conversation(system: system, prompts: prompt, replies: reply) }
  }

  func validate() throws {
    if prompt.isEmpty { throw ValidationError("Missing expected argument '--prompt <prompt>'") }
    if prompt.count != reply.count + 1 {
      throw ValidationError("A --reply has to stand between any two --prompt, and nowhere else.")
    }
  }
}
