import Imaging
import Models
public import PlanFormat
import Tokenization

/// Questions at one operating point, one after the other. Those about the same pictures share what was read of them.
public struct Dialogue {
  private let session: Session
  private let point: OperatingPoint
  private let schedule: Schedule
  private let policy: DialoguePolicy
  private var images: [String] = []
  private var reader: PromptReader?

  /// A dialogue in which nothing has been asked.
  public init(
    _ session: Session, point: OperatingPoint, policy: DialoguePolicy = .keep
  ) throws(InferenceError) {
    self.session = session
    self.point = point
    self.policy = policy
    schedule = try session.schedule(point.settings)
  }

  /// Answers a question, whose conversation may repeat what was said before. `onText` receives the text as it grows.
  ///
  /// A point that was asked to prune and removed nothing from a prompt with images is an error.
  public mutating func answer(
    _ question: Question, onText: (String) -> Void = { _ in }
  ) throws -> Answer {
    if let problem = question.sampling.problem { throw InferenceError("sampling", problem) }
    let start = StageClock.now
    let layout = try session.layout(question.conversation, images: question.images.count)
    var answer = Answer()
    answer.point = point.name
    var reader = try reader(of: question.images, &answer.seconds)
    var clock = StageClock()
    let (reading, opened) = try clock.measure {
      let reading = try reader.read(layout, reserve: max(1, question.maxTokens))
      return (reading, session.engine.startDecoding(reading.prefill))
    }
    answer.count(reading)
    answer.seconds.prefill = clock.seconds
    try checkPruning(answer, images: question.images.count)
    var state = opened
    session.decode(question, &state, into: &answer, start: start, onText)
    // The last token of an answer is never run.
    reader.didDecode(answer.tokens.dropLast(), state)
    (self.reader, images) = (reader, question.images)
    return answer
  }

  /// The reader of prompts about some pictures: the last one, or a new one over their features.
  private func reader(of images: [String], _ seconds: inout StageSeconds) throws -> PromptReader {
    if let reader, images == self.images { return reader }
    var image = StageClock()
    var vision = StageClock()
    let features = try images.map { path in
      let prepared = try image.measure { try session.prepareImage(at: path, among: images.count) }
      return try vision.measure { try session.encode(prepared) }
    }
    (seconds.image, seconds.vision) = (image.seconds, vision.seconds)
    return PromptReader(session, images: features, schedule: schedule, policy: policy)
  }

  /// Refuses a slow dense run under the name of a pruned one. Pictures of so few tokens that the settings do not ask
  /// for a whole one less are answered.
  private func checkPruning(_ answer: Answer, images: Int) throws(InferenceError) {
    guard point.settings.asksToRemove(visual: answer.visualTokens, images: images) else { return }
    if answer.visualKept == answer.visualTokens, answer.visualEntryShare == 1 {
      throw InferenceError("point '\(point.name)'", "was asked to prune and removed nothing")
    }
  }
}

extension Answer {
  fileprivate mutating func count(_ reading: PromptReader.Reading) {
    let cache = reading.prefill.cache
    promptTokens = reading.count
    visualTokens = reading.visual
    visualKept = reading.prefill.visualKept
    knownTokens = reading.known
    entriesByLayer = cache.layers.map(\.count)
    let dense = reading.visual * cache.layers.count
    visualEntryShare = dense > 0 ? Double(cache.visualEntries) / Double(dense) : 1
    kvBytes = cache.bytes
    heldBytes = reading.heldBytes
    seconds.selection = reading.prefill.selectionSeconds
  }
}

extension Session {
  /// Answers one question at an operating point. `onText` receives the text as it grows.
  ///
  /// A point that was asked to prune and removed nothing from a prompt with images is an error.
  public func answer(
    _ question: Question, point: OperatingPoint, onText: (String) -> Void = { _ in }
  ) throws -> Answer {
    var dialogue = try Dialogue(self, point: point, policy: .accept)
    return try dialogue.answer(question, onText: onText)
  }

  /// Decodes until a stop token or the limit, and fills in text, tokens and times.
  fileprivate func decode(
    _ question: Question, _ state: inout DecodeState, into answer: inout Answer, start: Double,
    _ onText: (String) -> Void
  ) {
    var sampler = Sampler(question.sampling)
    var stream = StreamingDecoder(tokenizer)
    let stops = contents.model.text.stopTokens.map(Int32.init)
    let limit = min(question.maxTokens, contents.model.text.contextLength - answer.promptTokens)
    var firstAt = StageClock.now
    while answer.tokens.count < limit {
      let token = sampler.next(state.logits)
      if answer.tokens.isEmpty {
        firstAt = StageClock.now
        answer.seconds.firstToken = firstAt - start
      }
      answer.tokens.append(token)
      if stops.contains(token) { break }
      let text = stream.append(token)
      answer.text += text
      if !text.isEmpty { onText(text) }
      if answer.tokens.count < limit { engine.decode(token, &state) }
    }
    answer.seconds.decode = StageClock.now - firstAt
    let rest = stream.finish()
    answer.text += rest
    if !rest.isEmpty { onText(rest) }
  }
}
