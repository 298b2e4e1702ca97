internal import Inference

extension Service {
  /// What becomes of a request, in this order: tokens of its answers, their ends, and a report; or at any time a failure,
  /// which is the last event.
  public enum Event: Sendable {
    /// The next token of an answer and the text that it completes.
    case token(answer: Int, Token)
    /// An answer has ended.
    case end(answer: Int, Answer.FinishReason)
    /// All answers have ended.
    case report(Report)
    /// There will be no answer.
    case failure(EspalierError)
  }

  /// A token of an answer.
  public struct Token: Sendable {
    /// Its id.
    public let id: Int32
    /// The text that is certain now; none while a character is incomplete, or where a stop string may begin.
    public let text: String
    /// How likely it was, where the options ask.
    public let chances: Chances?
  }

  /// How likely the model found a token, in the distribution of its own logits.
  public struct Chances: Sendable {
    /// A token and the natural logarithm of its probability.
    public typealias Chance = (id: Int32, logarithm: Double)
    /// That of the token that was taken.
    public let taken: Chance
    /// The likeliest tokens, likeliest first.
    public let likeliest: [Chance]

    init(_ chances: TokenChances) {
      taken = (chances.taken.token, chances.taken.logarithm)
      likeliest = chances.likeliest.map { ($0.token, $0.logarithm) }
    }
  }

  /// The figures of a request.
  public struct Report: Sendable {
    /// Operating point.
    public var point = ""
    /// Tokens of the prompt, visual ones included.
    public var promptTokens = 0
    /// Tokens of the prompt that were known from an earlier one, and not read again.
    public var knownTokens = 0
    /// Tokens of all answers.
    public var answerTokens = 0
    /// Visual tokens of the prompt.
    public var visualTokens = 0
    /// Visual tokens that outlive token pruning.
    public var visualKept = 0
    /// Pictures of the prompt.
    public var pictures = 0
    /// Pictures that the vision tower did not run for.
    public var knownPictures = 0
    /// Bytes of the KV cache at the end of prefill.
    public var cacheBytes = 0
    /// Seconds in the queue.
    public var queue = 0.0
    /// Seconds of reading, decoding and resizing the pictures.
    public var image = 0.0
    /// Seconds of vision tower and projector.
    public var vision = 0.0
    /// Seconds of the decoder over the prompt, choice of tokens and entries included.
    public var prefill = 0.0
    /// Seconds of choosing tokens and entries, a part of `prefill`.
    public var selection = 0.0
    /// Seconds that others had the threads for while the pictures and the prompt were read; no part of the stages.
    public var lent = 0.0
    /// Seconds from the end of the queue to the first token.
    public var firstToken = 0.0
    /// Seconds from the first token to the last.
    public var decode = 0.0
    /// The pictures with their patches, where the request asked.
    public var views: [PatchView] = []

    /// Nothing yet.
    public init() {}
  }

  /// A part of a picture as the vision tower saw it, with its grid of visual tokens.
  public struct PatchView: Sendable {
    /// Number of the picture.
    public let picture: Int
    /// The pixels as PNG.
    public let png: [UInt8]
    /// Rows of the grid.
    public let rows: Int
    /// Columns of the grid.
    public let columns: Int
    /// Places of the grid whose token outlives pruning, ascending, row by row.
    public let kept: [Int]
  }
}
