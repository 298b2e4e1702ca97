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
  /// Features that are written to the cache's folder behind the answer.
  private var new: [(key: PictureKey, tokens: ImageTokens)] = []
  private var picture: PictureSettings { point.settings.picture }

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
    if let problem = question.options.sampling.problem { throw InferenceError("sampling", problem) }
    try context.model.checkUnchanged()
    let start = StageClock.now
    let layout = try context.model.layout(question.conversation, images: question.images.count)
    var answer = Answer()
    answer.point = point.name
    // Nobody who waits for the first token waits for a disk.
    defer { saveNew() }
    try read(question, for: layout, &answer)
    do {
      try generate(layout, question, since: start, &answer, onText)
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
    try checkPruning(answer, images: question.images.count)
    let state = context.startDecoding(reading.takePrefill())
    answer.seconds.prefill = StageClock.now - beforePrefill
    var generation = try Generation(state, in: context, question.options)
    while let (_, text) = try generation.next() {
      if generation.tokens.count == 1 { answer.seconds.firstToken = StageClock.now - start }
      if !text.isEmpty { try onText(text) }
    }
    answer.take(generation)
  }

  /// Has a reader of prompts about some pictures: the last one, or a new one over their features. Sizes alone say whether
  /// the prompt has room for the pictures: none is encoded before.
  private func read(
    _ question: Question, for layout: PromptLayout, _ answer: inout Answer
  ) throws {
    var image = StageClock()
    var vision = StageClock()
    let encoded = try image.measure { try question.images.map { try $0.encoded() } }
    var pictures = PictureGathering(encoded, in: context, at: picture, cache: cache)
    let request = try request(of: encoded, layout, question.options)
    answer.memoryBound = try checkMemory(request, keys: pictures.keys)
    answer.knownPictures = encoded.count
    if reader == nil || encoded.map(\.digest) != digests {
      reader = nil
      try image.measure { try pictures.prepare(for: request) }
      answer.knownPictures = pictures.knownCount
      let model = context.model
      _ = try model.room(behind: model.count(layout, try pictures.arrangements()), limit: 1)
      defer { new += pictures.new }
      if answer.knownPictures < encoded.count { try vision.measure { try pictures.encode() } }
      reader = PromptReader(context, images: pictures.features, schedule: schedule, policy: policy)
      digests = encoded.map(\.digest)
    }
    (answer.seconds.image, answer.seconds.vision) = (image.seconds, vision.seconds)
  }

  private func saveNew() {
    for picture in new { cache?.save(picture.tokens, for: picture.key) }
    new = []
  }

  private func request(
    of encoded: [EncodedImage], _ layout: PromptLayout, _ options: GenerationOptions
  ) throws -> MemoryRequest {
    try context.model.memoryRequest(
      pictures: encoded.map { (try $0.size(), $0.bytes.count) },
      textTokens: layout.parts.count - layout.imageCount, maxTokens: options.maxTokens,
      threads: context.pool.count, keepsWhole: policy == .keep, at: picture)
  }

  /// The most that a request needs beside what the cache holds, which forgets what there is no room for.
  private func checkMemory(_ request: MemoryRequest, keys: [PictureKey]) throws(InferenceError) -> Int {
    var bound = context.model.memoryBound(of: request, settings: point.settings)
    if let maxMemory {
      cache?.shrink(to: max(0, maxMemory - min(maxMemory, bound.total)), sparing: keys)
    }
    // Pictures of this very question are counted as such.
    bound.knownPictures = cache?.bytes(besides: keys) ?? 0
    if let maxMemory { try bound.check(limit: maxMemory) }
    return bound.total
  }

  /// Refuses a slow dense run under the name of a pruned one. Pictures of so few tokens that the settings do not ask
  /// for a whole one less are answered.
  private func checkPruning(_ answer: Answer, images: Int) throws(InferenceError) {
    guard
      point.settings.asksToRemove(
        visual: answer.visualTokens, images: images, layers: context.model.text.layers)
    else { return }
    if answer.counts.visualKept == answer.visualTokens, answer.visualEntryShare == 1 {
      throw InferenceError("point '\(point.name)'", "was asked to prune and removed nothing")
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
