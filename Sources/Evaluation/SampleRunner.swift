public import Compute
public import Inference
import Models
import PlanFormat
import Tokenization

/// Runs samples through a session: features once a picture, the dense answer once a sample, then any schedule.
///
/// Evaluation, calibration and tuning all measure with this one runner.
public final class SampleRunner {
  /// The session that runs.
  public let session: Session
  /// Most tokens of an answer.
  public let maxTokens: Int
  private var lastImages: [ImageKey: ImageTokens] = [:]

  private struct ImageKey: Hashable {
    let path: String
    let count: Int
    let input: PictureInput
  }

  /// A runner over a session.
  public init(_ session: Session, maxTokens: Int = 64) {
    self.session = session
    self.maxTokens = maxTokens
  }

  /// The embedded prompt of a sample. Neighbours in a set often share pictures: the features of the last ones are kept.
  public func prompt(_ sample: Sample, input: PictureInput = .whole) throws -> PromptRows {
    if input == .none {
      let words = Conversation.Content.words(of: sample.prompt)
      return try session.engine.embed(try session.layout(prompt: words, images: 0), images: [])
    }
    let images = try images(of: sample, input: input)
    return try session.engine.embed(
      try session.layout(prompt: sample.prompt, images: images.count), images: images)
  }

  /// The visual tokens of a sample's pictures.
  func images(of sample: Sample, input: PictureInput = .whole) throws -> [ImageTokens] {
    try sample.images.map { path in
      // Some families prepare several pictures in another way than one.
      let key = ImageKey(path: path, count: sample.images.count, input: input)
      if let found = lastImages[key] { return found }
      var detail = 1.0
      if case .reduced(let share) = input { detail = share }
      let picture = try session.prepareImage(at: path, among: sample.images.count, detail: detail)
      lastImages = lastImages.filter { sample.images.contains($0.key.path) }
      let tokens = try session.encode(picture)
      lastImages[key] = tokens
      return tokens
    }
  }

  /// The dense run of a sample: its answer, and the distributions behind it.
  public func reference(_ prompt: PromptRows) throws -> Reference {
    let dense = try session.schedule(.dense)
    let outcome = run(prompt, schedule: dense, answer: nil)
    return Reference(answer: outcome.tokens, distributions: DenseDistributions(logits: outcome.logits))
  }

  /// What the dense model said, and how sure it was.
  public struct Reference: Sendable {
    /// Greedy tokens, the stop token included.
    public let answer: [Int32]
    /// Distributions at the positions of the answer.
    public let distributions: DenseDistributions
  }

  /// One timed run of a schedule.
  public struct Outcome {
    /// Greedy tokens.
    public var tokens: [Int32]
    /// Logits at the positions of the answer that was fed, `[answer x vocabulary]`.
    public var logits: Matrix
    /// The prefill and its figures; its cache is as it was before decoding.
    public var prefill: PrefillResult
    /// Visual tokens of the prompt.
    public var visual: Int
    /// Tokens of the prompt.
    public var length: Int
    /// Seconds of prefill with the first logits.
    public var prefillSeconds: Double
    /// Seconds of decoding, first token not included.
    public var decodeSeconds: Double
  }

  /// Prefills, generates greedily, and feeds `answer` (or the tokens just generated) to the same cache for the
  /// logits at its positions.
  public func run(_ prompt: PromptRows, schedule: Schedule, answer: [Int32]?) -> Outcome {
    let engine = session.engine
    let copy = prompt.copy()
    var clock = StageClock()
    let prefill = clock.measure {
      let prefill = engine.prefill(copy, schedule: schedule, reserve: maxTokens + 1)
      _ = engine.startDecoding(prefill)
      return prefill
    }
    let generated = session.greedyTokens(after: prefill, limit: maxTokens)
    return Outcome(
      tokens: generated.tokens, logits: Self.forcedLogits(answer ?? generated.tokens, after: prefill, engine),
      prefill: prefill,
      visual: prompt.rows.visualCount, length: prompt.rows.count, prefillSeconds: clock.seconds,
      decodeSeconds: generated.seconds)
  }

  /// Logits that predict each token of `answer` when it is fed behind a prefill: the prefill's last row first.
  public static func forcedLogits(_ answer: [Int32], after prefill: PrefillResult, _ engine: Engine) -> Matrix
  {
    let logits = Matrix(rows: answer.count, columns: engine.model.text.vocabulary)
    guard !answer.isEmpty else { return logits }
    let last = prefill.rows.count - 1
    logits[rows: 0..<1].copy(from: engine.logits(of: prefill, rows: last..<last + 1))
    var cache = prefill.cache
    logits[rows: 1..<answer.count].copy(
      from: engine.extend(Array(answer.dropLast()), after: prefill, cache: &cache))
    return logits
  }
}
