internal import Tokenization

extension Service {
  /// A part of what a user says.
  public enum Part: Equatable, Sendable {
    /// Words. Control tokens in them are read as plain text.
    case text(String)
    /// A picture.
    case image(Image)
  }

  /// A turn that was answered.
  public struct Turn: Equatable, Sendable {
    /// What the user said.
    public var content: [Part]
    /// What the model said.
    public var reply: String

    /// Creates a turn.
    public init(content: [Part], reply: String) {
      self.content = content
      self.reply = reply
    }
  }

  /// What is asked: what the model is told about itself, turns that were answered, and what is to be answered now.
  public struct Prompt: Equatable, Sendable {
    /// What the model is told about itself; `nil` leaves it to the template.
    public var system: String?
    /// Turns that were answered, in order.
    public var earlier: [Turn]
    /// What is to be answered.
    public var question: [Part]

    /// Creates a prompt.
    public init(system: String? = nil, earlier: [Turn] = [], question: [Part]) {
      self.system = system
      self.earlier = earlier
      self.question = question
    }

    /// Its pictures, in order.
    public var images: [Image] {
      (earlier.flatMap(\.content) + question).compactMap { part in
        if case .image(let image) = part { image } else { nil }
      }
    }

    var conversation: Conversation {
      func content(_ parts: [Part]) -> Conversation.Content {
        Conversation.Content(
          parts.map { part in
            switch part {
            case .text(let text): .text(text)
            case .image: .image
            }
          })
      }
      return Conversation(
        system: system, earlier: earlier.map { .init(content: content($0.content), reply: $0.reply) },
        question: content(question))
    }
  }

  /// A request: a prompt, the operating point that answers it, and how.
  public struct Request: Sendable {
    /// What is asked.
    public var prompt: Prompt
    /// Name of the operating point.
    public var point: String
    /// How each answer is generated.
    public var options = AnswerOptions()
    /// Answers, which differ by their seeds: the first has that of the options, the next the one behind it, and so on.
    public var answers = 1
    /// Time from now by which the last token has to be there.
    public var limit: Duration?
    /// Whether the report shows which patches of the pictures outlive the point's pruning.
    public var showsPatches = false

    /// A request for one greedy answer.
    public init(_ prompt: Prompt, at point: String = "dense") {
      self.prompt = prompt
      self.point = point
    }
  }
}
