public import Figures
public import PlanFormat
import Models
public import Tokenization

/// What to ask a session.
public struct Question: Sendable {
  /// Paths of the pictures, in order.
  public var images: [String]
  /// What is said: the question, and what came before it.
  public var conversation: Conversation
  /// Most tokens to decode.
  public var maxTokens = 256
  /// How tokens are drawn.
  public var sampling = SamplingOptions()

  /// One question about some pictures.
  public init(images: [String], prompt: String) {
    self.init(images: images, conversation: Conversation(prompt))
  }

  /// A question at the end of a conversation about some pictures.
  public init(images: [String], conversation: Conversation) {
    self.images = images
    self.conversation = conversation
  }
}

/// A session's answer with the figures of the run.
public struct Answer: Sendable {
  /// Text without control tokens.
  public var text = ""
  /// Token ids, the stop token included.
  public var tokens: [Int32] = []
  /// Operating point.
  public var point = ""
  /// Tokens of the prompt, visual ones included.
  public var promptTokens = 0
  /// Visual tokens of the prompt.
  public var visualTokens = 0
  /// Visual tokens after the prune layer.
  public var visualKept = 0
  /// KV entries of each KV head by layer, at the end of prefill.
  public var entriesByLayer: [Int] = []
  /// Visual KV entries, summed over layers, as a share of dense.
  public var visualEntryShare = 1.0
  /// KV cache bytes at the end of prefill.
  public var kvBytes = 0
  /// Seconds by stage.
  public var seconds = StageSeconds()

  /// Tokens a second while decoding; NaN when nothing was decoded.
  public var decodeTokensPerSecond: Double {
    tokens.count > 1 && seconds.decode > 0 ? Double(tokens.count - 1) / seconds.decode : .nan
  }

  /// The object that `espalier-run --json` prints.
  public var json: JSON {
    .object([
      "text": .string(text), "tokens": .integers(tokens), "point": .string(point),
      "counts": .object([
        "prompt": .integer(promptTokens), "visual": .integer(visualTokens),
        "visual_kept": .integer(visualKept), "answer": .integer(tokens.count),
        "kv_entries_by_layer": .integers(entriesByLayer),
      ]),
      "kv_bytes": .integer(kvBytes),
      "visual_kv_share": Figure(visualEntryShare, .share).json,
      "peak_resident_bytes": .integer(ProcessMemory.peakResidentBytes),
      "seconds": .object([
        "load": Figure(seconds.load, .seconds).json, "image": Figure(seconds.image, .seconds).json,
        "vision": Figure(seconds.vision, .seconds).json, "prefill": Figure(seconds.prefill, .seconds).json,
        "selection": Figure(seconds.selection, .seconds).json,
        "first_token": Figure(seconds.firstToken, .seconds).json,
        "decode": Figure(seconds.decode, .seconds).json,
      ]),
      "decode_tokens_per_second": Figure(decodeTokensPerSecond, .perSecond).json,
    ])
  }
}

/// Seconds of each stage of a run.
public struct StageSeconds: Equatable, Sendable {
  /// Opening the plan and binding its weights.
  public var load = 0.0
  /// Decoding, resizing and cropping the pictures.
  public var image = 0.0
  /// Vision tower and projector.
  public var vision = 0.0
  /// Decoder over the prompt, choice of tokens and entries included.
  public var prefill = 0.0
  /// Choice of tokens and entries: a part of `prefill`.
  public var selection = 0.0
  /// From the picture files to the first token of the answer; loading not included.
  public var firstToken = 0.0
  /// All tokens after the first.
  public var decode = 0.0

  /// All zero.
  public init() {}
}

extension Session {
  /// Answers a question at an operating point. `onText` receives the text as it grows.
  ///
  /// A point that was asked to prune and removed nothing from a prompt with images is an error.
  public func answer(
    _ question: Question, point: OperatingPoint, onText: (String) -> Void = { _ in }
  ) throws -> Answer {
    if let problem = question.sampling.problem { throw InferenceError("sampling", problem) }
    let schedule = try schedule(point.settings)
    let start = StageClock.now
    let layout = try layout(question.conversation, images: question.images.count)
    var image = StageClock()
    var vision = StageClock()
    let features = try question.images.map { path in
      let prepared = try image.measure { try prepareImage(at: path, among: question.images.count) }
      return try vision.measure { try encode(prepared) }
    }
    let prompt = try engine.embed(layout, images: features)
    var clock = StageClock()
    var state: DecodeState?
    let length = prompt.rows.count
    let visual = prompt.rows.visualCount
    let prefill = clock.measure {
      let prefill = engine.prefill(prompt, schedule: schedule, reserve: max(1, question.maxTokens))
      state = engine.startDecoding(prefill)
      return prefill
    }
    var answer = Answer()
    answer.point = point.name
    answer.promptTokens = length
    answer.visualTokens = visual
    answer.visualKept = prefill.visualKept
    answer.entriesByLayer = prefill.cache.layers.map(\.count)
    let dense = visual * prefill.cache.layers.count
    answer.visualEntryShare = dense > 0 ? Double(prefill.cache.visualEntries) / Double(dense) : 1
    answer.kvBytes = prefill.cache.bytes
    try checkPruning(point, answer, visual: visual, images: features.count)
    answer.seconds.image = image.seconds
    answer.seconds.vision = vision.seconds
    answer.seconds.prefill = clock.seconds
    answer.seconds.selection = prefill.selectionSeconds
    if var state { decode(question, &state, into: &answer, start: start, onText) }
    return answer
  }

  /// Refuses a slow dense run under the name of a pruned one. Pictures of so few tokens that the settings do not ask
  /// for a whole one less are answered.
  private func checkPruning(
    _ point: OperatingPoint, _ answer: Answer, visual: Int, images: Int
  ) throws(InferenceError) {
    guard point.settings.asksToRemove(visual: visual, images: images) else { return }
    if answer.visualKept == visual, answer.visualEntryShare == 1 {
      throw InferenceError("point '\(point.name)'", "was asked to prune and removed nothing")
    }
  }

  /// Decodes until a stop token or the limit, and fills in text, tokens and times.
  private func decode(
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
