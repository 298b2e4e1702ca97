import Compute
import Grammars
import Plan
import Tokenization

/// An answer that grows token by token: the one loop behind a run, a chat, an evaluation and a calibration.
///
/// It owns the sequence while it decodes; `finish` hands it back.
public struct Generation: ~Copyable {
  /// Tokens so far, a stop token included.
  public private(set) var tokens: [Int32] = []
  /// Text so far. Characters that more tokens may complete, or that may begin a stop string, are not part of it yet.
  public private(set) var text = ""
  /// Why the answer ended; `nil` while it goes on.
  public private(set) var finishReason: FinishReason?
  /// Seconds of the decoding steps so far.
  public private(set) var decodeSeconds = 0.0
  /// How likely the last token was, where the options ask.
  public private(set) var chances: TokenChances?
  private let context: Context
  /// The sequence.
  private(set) var state: DecodeState
  /// Whether the last token is yet to be run.
  private var isBehind = false
  /// Tokens that were run.
  private var runCount = 0
  private let room: Int
  private let fillsContext: Bool
  private let stopTokens: [Int32]
  private let likeliest: Int?
  /// Where the answer stands in its grammar, and the tokens that may come.
  private var matcher: GrammarMatcher?
  private var mask: [UInt64] = []
  private let cancellation: Cancellation
  private var sampler: Sampler
  private var stream: StreamingDecoder
  private var stops: StopStringMatcher

  /// Starts behind what `state` has read. Throws where the context has no room for an answer.
  public init(
    _ state: consuming DecodeState, in context: Context, _ options: GenerationOptions = GenerationOptions()
  ) throws(InferenceError) {
    if let problem = options.sampling.problem { throw InferenceError("sampling", problem) }
    let room = try context.model.room(behind: state.length, limit: options.maxTokens)
    let matcher = options.grammar.map { GrammarMatcher($0.masks) }
    if let shortest = matcher?.shortestCompletion, shortest > room {
      throw InferenceError(
        "grammar", "its shortest text has \(shortest) bytes; the answer may have \(room) tokens")
    }
    self.init(state, in: context, options, room: room, matcher)
  }

  private init(
    _ state: consuming DecodeState, in context: Context, _ options: GenerationOptions, room: Int,
    _ matcher: GrammarMatcher?
  ) {
    self.room = room
    self.matcher = matcher
    fillsContext = room < options.maxTokens
    self.context = context
    cancellation = context.cancellation
    likeliest = options.likeliest
    self.state = state
    stopTokens = options.ignoresStopTokens ? [] : context.model.text.stopTokens.map(Int32.init)
    sampler = Sampler(options.sampling)
    stream = StreamingDecoder(context.model.tokenizer)
    stops = StopStringMatcher(options.stopStrings)
    tokens.reserveCapacity(min(room, 4096))
  }

  /// One more token and the text that it completes; `nil` at the end.
  ///
  /// Throws where the run is cancelled, and where the model's logits are no numbers.
  public mutating func next() throws(InferenceError) -> (token: Int32, text: String)? {
    if let token = awaited {
      try cancellation.check()
      let start = StageClock.now
      context.decode(token, &state)
      didRun(seconds: StageClock.now - start)
    }
    return try choose()
  }

  /// Tokens that were run: all but the last, mostly.
  package var runTokens: ArraySlice<Int32> { tokens.prefix(runCount) }

  /// The last token, where it has to be run before the next can be chosen.
  var awaited: Int32? { isBehind ? tokens.last : nil }

  /// Takes in the logits behind the awaited token, which was run together with those of other answers.
  mutating func didRun(_ logits: MatrixView, seconds: Double) {
    state.logits.copy(from: logits)
    state.didRun()
    didRun(seconds: seconds)
  }

  private mutating func didRun(seconds: Double) {
    isBehind = false
    runCount += 1
    decodeSeconds += seconds
  }

  /// The next token by the logits at hand, and the text that it completes; `nil` at the end.
  mutating func choose() throws(InferenceError) -> (token: Int32, text: String)? {
    if finishReason == nil, tokens.count == room { finishReason = reasonWithoutRoom }
    guard finishReason == nil else { return nil }
    try cancellation.check()
    matcher?.mask(into: &mask, within: room - tokens.count)
    let token = try sampler.next(state.logits, allowing: matcher == nil ? nil : mask)
    matcher?.accept(token)
    chances = likeliest.map { TokenChances(of: token, top: $0, state.logits) }
    tokens.append(token)
    var piece = ""
    if stopTokens.contains(token) {
      finishReason = .stop
    } else {
      piece = stops.append(stream.append(token))
      if stops.isFound { finishReason = .stop }
    }
    if finishReason == nil, tokens.count == room { finishReason = reasonWithoutRoom }
    if finishReason != nil, !stops.isFound { piece += stops.append(stream.finish()) + stops.finish() }
    isBehind = finishReason == nil
    text += piece
    return (token, piece)
  }

  /// What ends the answer where there is no room for another token: nothing is missing of a text that its grammar has whole.
  private var reasonWithoutRoom: FinishReason {
    if let matcher, matcher.canEnd, !tokens.isEmpty { return .stop }
    return fillsContext ? .context : .length
  }

  /// Tokens up to the end. Text is not looked at where there are no stop strings.
  public mutating func run() throws(InferenceError) -> [Int32] {
    while try next() != nil {}
    return tokens
  }

  /// Hands the sequence back: behind all tokens but the last, which is never run.
  public consuming func finish() -> DecodeState { state }
}
