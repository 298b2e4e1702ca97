public import Compute
public import Inference
import Models
import Plan
import Tokenization

/// Runs samples through a context: features once a picture, the dense answer once a sample, then any schedule.
///
/// Evaluation, calibration and tuning all measure with this one runner.
public final class SampleRunner {
  /// The context that runs.
  public let context: Context
  /// Most tokens of an answer.
  public let maxTokens: Int
  private var lastPictures: [PictureKey: EncodedPicture] = [:]

  private struct PictureKey: Hashable {
    let path: String
    let count: Int
    let view: PictureView
  }

  /// A runner over a context.
  public init(_ context: Context, maxTokens: Int = 64) {
    self.context = context
    self.maxTokens = maxTokens
  }

  /// The embedded prompt of a sample, dense's or of other settings.
  public func prompt(_ sample: Sample, view: PictureView = .dense) throws -> PromptRows {
    try timedPrompt(sample, view: view).rows
  }

  /// An embedded prompt, with what its pictures took. Neighbours in a set often share pictures: the features of the last
  /// ones are kept with their times.
  public func timedPrompt(_ sample: Sample, view: PictureView = .dense) throws -> TimedPrompt {
    if view.input == .none {
      let words = Conversation.Content.words(of: sample.prompt)
      let layout = try context.model.layout(prompt: words, images: 0)
      return TimedPrompt(rows: try context.embed(layout, images: []), pictures: [])
    }
    let pictures = try pictures(of: sample, view: view)
    let layout = try context.model.layout(prompt: sample.prompt, images: pictures.count)
    return TimedPrompt(rows: try context.embed(layout, images: pictures.map(\.tokens)), pictures: pictures)
  }

  /// The visual tokens of a sample's pictures.
  func images(of sample: Sample, at settings: PictureSettings = .dense) throws -> [ImageTokens] {
    try pictures(of: sample, view: PictureView(settings: settings)).map(\.tokens)
  }

  private func pictures(of sample: Sample, view: PictureView) throws -> [EncodedPicture] {
    let count = sample.images.count
    lastPictures = lastPictures.filter { sample.images.contains($0.key.path) }
    return try sample.images.map { path in
      // Some families prepare several pictures in another way than one.
      let key = PictureKey(path: path, count: count, view: view)
      if let found = lastPictures[key] { return found }
      var detail = 1.0
      if case .reduced(let share) = view.input { detail = share }
      let start = StageClock.now
      let prepared = try context.model.prepareImage(at: path, among: count, at: view.settings, detail: detail)
      let middle = StageClock.now
      let tokens = try context.encode(prepared, at: view.settings)
      let picture = EncodedPicture(
        tokens: tokens, imageSeconds: middle - start, visionSeconds: StageClock.now - middle,
        towerWork: context.model.towerWork(prepared, at: view.settings))
      lastPictures[key] = picture
      return picture
    }
  }

  /// What the dense model said, and how sure it was.
  public struct Reference {
    /// Greedy tokens, the stop token included.
    public let answer: [Int32]
    /// Distributions at the positions of the answer.
    public let distributions: DenseDistributions

    /// What was kept of a dense run.
    public init(answer: [Int32], distributions: DenseDistributions) {
      self.answer = answer
      self.distributions = distributions
    }
  }

  /// One timed run of a schedule.
  public struct Outcome {
    /// Greedy tokens.
    public var tokens: [Int32]
    /// Logits at the positions of the answer that was fed, `[answer x vocabulary]`.
    public var logits: MatrixView
    /// What pruning left of the prompt, at the end of prefill.
    public var counts: PruningCounts
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
  ///
  /// Throws where the context has no room for an answer.
  public func run(
    _ prompt: PromptRows, schedule: Schedule, answer: [Int32]?
  ) throws(InferenceError) -> Outcome {
    let length = prompt.rows.count
    let room = try context.model.room(behind: length, limit: maxTokens)
    let copy = prompt.copy()
    let start = StageClock.now
    let prefill = try context.prefill(copy, schedule: schedule, .answering(reserve: room))
    let counts = prefill.counts
    let opened = context.startDecoding(prefill)
    let prefillSeconds = StageClock.now - start
    let first = opened.logits.copy()
    var generation = try Generation(opened, in: context, GenerationOptions(maxTokens: maxTokens))
    let tokens = try generation.run()
    let decodeSeconds = generation.decodeSeconds
    var state = generation.finish()
    state.forget(last: tokens.count - 1)
    state.logits.copy(from: first)
    return Outcome(
      tokens: tokens, logits: context.forcedLogits(answer ?? tokens, behind: state), counts: counts,
      visual: prompt.rows.visualCount, length: length, prefillSeconds: prefillSeconds,
      decodeSeconds: decodeSeconds)
  }
}
