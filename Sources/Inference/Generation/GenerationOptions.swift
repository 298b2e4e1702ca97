/// How an answer is generated: its length, where it ends, how tokens are drawn.
public struct GenerationOptions: Equatable, Sendable {
  /// Most tokens to decode. The context may have room for fewer.
  public var maxTokens = 256
  /// Texts at which the answer ends; they are not part of it. Empty ones are ignored.
  public var stopStrings: [String] = []
  /// Whether to go on behind stop tokens, as measurements of a number of steps do.
  public var ignoresStopTokens = false
  /// How many of the likeliest tokens are told of at each place, besides the chance of the one taken; `nil` for nothing.
  public var likeliest: Int?
  /// What the answer has to be, if anything. It is whole at its end wherever `maxTokens` are as many as the shortest text of
  /// the grammar has bytes.
  public var grammar: AnswerGrammar?
  /// How tokens are drawn.
  public var sampling = SamplingOptions()

  /// Greedy decoding of 256 tokens at most.
  public init() {}

  /// Greedy decoding of `maxTokens` tokens at most.
  public init(maxTokens: Int) { self.maxTokens = maxTokens }
}
