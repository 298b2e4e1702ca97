import Compute
import Imaging
import Models
public import Plan
import Tokenization

/// Questions at one operating point, one after the other. Those about the same pictures share what was read of them.
///
/// Pictures are told apart by the digests of their bytes: a camera that overwrites a file is answered about what the file
/// shows now. With a `PictureCache`, those that any dialogue has asked about are known, whatever was asked in between.
public final class Dialogue {
  private let context: Context
  private let point: OperatingPoint
  private let schedule: Schedule
  private let policy: DialoguePolicy
  /// Digests of the pictures that `reader` reads prompts about.
  private var digests: [String] = []
  private var reader: PromptReader?
  private let maxMemory: Int?
  private let cache: PictureCache?

  /// A dialogue in which nothing has been asked.
  ///
  /// - Parameters:
  ///   - maxMemory: bytes that a question may need at most, by its `MemoryBound`; one that may need more is refused before
  ///     any of its pictures is decoded. What the cache holds counts, and gives way to the question.
  ///   - cache: features of pictures that are known, and where those of others go.
  public init(
    _ context: Context, point: OperatingPoint, policy: DialoguePolicy = .keep, maxMemory: Int? = nil,
    cache: PictureCache? = nil
  ) throws(InferenceError) {
    self.cache = cache
    self.maxMemory = maxMemory
    self.context = context
    self.point = point
    self.policy = policy
    schedule = try context.model.schedule(point.settings)
  }

  /// Answers a question, whose conversation may repeat what was said before. `onText` receives the text as it grows.
  ///
  /// A point that was asked to prune and removed nothing from a prompt with images is an error, and so is a plan whose file
  /// was written to. After an error the next question is read from its beginning.
  public func answer(_ question: Question, onText: (String) throws -> Void = { _ in }) throws -> Answer {
    try context.model.checkUnchanged()
    let start = StageClock.now
    var opened = try OpenedQuestion(
      question, at: point.settings.picture, policy: policy, in: context, cache: cache)
    var answer = Answer()
    answer.point = point.name
    // Nobody who waits for the first token waits for a disk.
    defer { opened.save(to: cache) }
    answer.memoryBound = try checkMemory(opened)
    try openReader(&opened)
    answer.knownPictures = opened.knownPictures
    (answer.seconds.image, answer.seconds.vision) = opened.seconds
    do {
      try generate(opened.layout, question, since: start, &answer, onText)
      try context.model.checkUnchanged()
    } catch {
      reader?.forget()
      throw error
    }
    reader?.didDecode(answer.tokens.dropLast())
    return answer
  }

  /// Reads the prompt and decodes an answer behind it.
  private func generate(
    _ layout: PromptLayout, _ question: Question, since start: Double, _ answer: inout Answer,
    _ onText: (String) throws -> Void
  ) throws {
    let beforePrefill = StageClock.now
    guard let reading = try reader?.read(layout, reserve: question.options.maxTokens) else { return }
    answer.count(reading)
    try point.checkPruning(
      answer.counts, visualTokens: answer.visualTokens, images: question.images.count,
      layers: context.model.text.entryDepth)
    let state = context.startDecoding(reading.takePrefill())
    answer.seconds.prefill = StageClock.now - beforePrefill
    var generation = try Generation(state, in: context, question.options)
    while let (_, text) = try generation.next() {
      if generation.tokens.count == 1 { answer.seconds.firstToken = StageClock.now - start }
      if !text.isEmpty { try onText(text) }
    }
    answer.take(generation)
  }

  /// Has a reader of prompts about some pictures: the last one, or a new one over their features.
  private func openReader(_ opened: inout OpenedQuestion) throws {
    guard reader == nil || opened.digests != digests else { return }
    reader = nil
    try opened.prepare()
    try opened.encode()
    reader = PromptReader(context, images: opened.features, schedule: schedule, policy: policy)
    digests = opened.digests
  }

  /// The most that a question needs beside what the cache holds, which forgets what there is no room for.
  private func checkMemory(_ opened: OpenedQuestion) throws(InferenceError) -> Int {
    if let maxMemory {
      let alone = opened.memoryBound(point.settings, knowing: nil).total
      opened.shrink(cache, to: max(0, maxMemory - min(maxMemory, alone)))
    }
    let bound = opened.memoryBound(point.settings, knowing: cache)
    if let maxMemory { try bound.check(limit: maxMemory) }
    return bound.total
  }
}

extension OperatingPoint {
  /// Refuses a slow dense run under the name of a pruned one. Pictures of so few tokens that the settings do not ask
  /// for a whole one less are answered.
  package func checkPruning(
    _ counts: PruningCounts, visualTokens: Int, images: Int, layers: Int
  ) throws(InferenceError) {
    guard settings.asksToRemove(visual: visualTokens, images: images, layers: layers) else { return }
    if counts.visualKept == visualTokens, counts.visualEntryShare(of: visualTokens) == 1 {
      throw InferenceError("point '\(name)'", "was asked to prune and removed nothing")
    }
  }
}

extension Answer {
  fileprivate mutating func count(_ reading: borrowing PromptReader.Reading) {
    promptTokens = reading.count
    visualTokens = reading.visual
    knownTokens = reading.known
    counts = reading.prefill.counts
    heldBytes = reading.heldBytes
    seconds.selection = counts.selectionSeconds
  }

  fileprivate mutating func take(_ generation: borrowing Generation) {
    text = generation.text
    tokens = generation.tokens
    finishReason = generation.finishReason ?? .stop
    seconds.decode = generation.decodeSeconds
  }
}

extension Context {
  /// Answers one question at an operating point. `onText` receives the text as it grows.
  ///
  /// A point that was asked to prune and removed nothing from a prompt with images is an error.
  public func answer(
    _ question: Question, point: OperatingPoint, onText: (String) throws -> Void = { _ in }
  ) throws -> Answer {
    try Dialogue(self, point: point, policy: .accept).answer(question, onText: onText)
  }
}
