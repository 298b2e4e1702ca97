internal import Inference

/// An answer with the figures of the run.
public struct Answer: Sendable {
  /// The text.
  public let text: String
  /// Token ids, a stop token included.
  public let tokens: [Int32]
  /// Why it ended.
  public let finishReason: FinishReason
  /// Operating point.
  public let point: String
  /// Tokens of the prompt, visual ones included.
  public let promptTokens: Int
  /// Visual tokens of the prompt, and those that outlive token pruning.
  public let visualTokens: (prompt: Int, kept: Int)
  /// Pictures that the vision tower did not run for, as what it makes of them was known.
  public let knownPictures: Int
  /// Bytes of the KV cache at the end of prefill.
  public let cacheBytes: Int
  /// Time of each stage.
  public let times: StageTimes

  /// Why an answer ended.
  public enum FinishReason: String, Sendable {
    /// The model said that it is over, or a stop string came.
    case stop
    /// The answer has as many tokens as were asked for.
    case length
    /// The context is full.
    case context

    init(_ reason: Inference.FinishReason) {
      self =
        switch reason {
        case .stop: .stop
        case .length: .length
        case .context: .context
        }
    }
  }

  /// Time of each stage of a run.
  public struct StageTimes: Sendable {
    /// Reading, decoding and resizing the pictures.
    public let image: Duration
    /// Vision tower and projector; zero where all pictures were known.
    public let vision: Duration
    /// Decoder over the prompt, choice of tokens and entries included.
    public let prefill: Duration
    /// From the pictures to the first token.
    public let firstToken: Duration
    /// All tokens after the first.
    public let decode: Duration
  }

  init(_ answer: Inference.Answer) {
    text = answer.text
    tokens = answer.tokens
    finishReason = FinishReason(answer.finishReason)
    point = answer.point
    promptTokens = answer.promptTokens
    visualTokens = (answer.visualTokens, answer.counts.visualKept)
    knownPictures = answer.knownPictures
    cacheBytes = answer.counts.cacheBytes
    let seconds = answer.seconds
    times = StageTimes(
      image: .seconds(seconds.image), vision: .seconds(seconds.vision), prefill: .seconds(seconds.prefill),
      firstToken: .seconds(seconds.firstToken), decode: .seconds(seconds.decode))
  }
}
