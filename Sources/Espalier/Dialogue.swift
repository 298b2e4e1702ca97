internal import Inference
internal import Plan
internal import Tokenization

/// Questions about some pictures, one after the other, at one operating point.
///
/// What was read of pictures and earlier turns is not read again. Pictures are told apart by their bytes, and those that
/// the model's `pictures` know do not run the vision tower.
public final class Dialogue {
  private let dialogue: Inference.Dialogue
  private let context: Context
  private let images: [Image]
  private let system: String?
  private var turns: [(prompt: String, reply: String)] = []

  /// What happens to visual cache entries that a point frees for one question when the next one is asked.
  public enum Memory: Sendable {
    /// All of them stay beside those that answer, and the next question chooses for itself. Costs memory.
    case keep
    /// Every question reads the whole prompt again. Costs time.
    case reencode
    /// The next question makes do with what is left. Costs accuracy.
    case accept
  }

  /// A dialogue about some pictures (or none). Without a `system` prompt the model's template decides.
  ///
  /// With `maxBytes`, a prompt whose answer may need more bytes of memory is refused before any picture is decoded. What the
  /// model's `pictures` hold in memory counts, and gives way to the prompt. (Dialogues that answer at the same time each have
  /// a bound of their own.)
  public init(
    _ context: Context, about images: [Image] = [], at point: String = "dense", system: String? = nil,
    memory: Memory = .keep, maxBytes: Int? = nil
  ) throws(EspalierError) {
    self.context = context
    self.images = images
    self.system = system
    let policy: DialoguePolicy =
      switch memory {
      case .keep: .keep
      case .reencode: .reencode
      case .accept: .accept
      }
    dialogue = try EspalierError.catching {
      try Inference.Dialogue(
        context.context, point: try context.model.operatingPoint(point), policy: policy,
        maxMemory: maxBytes, cache: context.model.pictures.cache)
    }
  }

  /// Answers a prompt that follows what was said before. `<image>` in it is the place of a picture; without any, pictures
  /// come first.
  ///
  /// `onText` receives the text as it grows; what it throws ends the answer and is thrown on. Everything else that is
  /// thrown is an `EspalierError`, and the dialogue stands where it stood before the prompt.
  public func answer(
    _ prompt: String, _ options: AnswerOptions = AnswerOptions(), cancellation: Cancellation = Cancellation(),
    onText: (String) throws -> Void = { _ in }
  ) throws -> Answer {
    context.context.cancellation = cancellation.cancellation
    defer { context.context.cancellation = Inference.Cancellation() }
    var fromOutside: (any Error)?
    do {
      let conversation = try Conversation(
        system: system, prompts: turns.map(\.prompt) + [prompt], replies: turns.map(\.reply))
      var question = Question(images: images.map(\.source), conversation: conversation)
      question.options = options.generation(for: context.model)
      let answer = try dialogue.answer(question) { text in
        do { try onText(text) } catch {
          fromOutside = error
          throw error
        }
      }
      turns.append((prompt, answer.text))
      return Answer(answer)
    } catch {
      throw fromOutside ?? EspalierError(error)
    }
  }
}
