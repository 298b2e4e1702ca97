internal import Inference

/// How an answer is generated: its length, where it ends, how tokens are drawn. The defaults decode greedily.
public struct AnswerOptions: Equatable, Sendable {
  /// Most tokens. The context may have room for fewer.
  public var maxTokens = 256
  /// Texts at which the answer ends; they are not part of it.
  public var stopStrings: [String] = []
  /// Divides the logits; 0 takes the likeliest token always.
  public var temperature = 0.0
  /// Only the k likeliest tokens; 0 for all.
  public var topK = 0
  /// Only the likeliest tokens that together reach this probability, in (0, 1].
  public var topP = 1.0
  /// Only tokens at least this share as likely as the likeliest, in [0, 1].
  public var minP = 0.0
  /// Seed of the draws: the same seed draws the same tokens.
  public var seed: UInt64 = 0

  /// Taken off the logit of a token that the answer has already.
  public var presencePenalty = 0.0
  /// Taken off the logit of a token for each time that the answer has it already.
  public var frequencyPenalty = 0.0
  /// Added to the logits of single tokens; minus infinity forbids one.
  public var biases: [Int32: Double] = [:]
  /// How many of the likeliest tokens a service tells of at each place, besides the chance of the one taken; `nil` for
  /// nothing.
  public var likeliest: Int?

  /// What the answer has to be; `nil` for anything.
  public var grammar: OutputGrammar?

  /// Greedy decoding of 256 tokens at most.
  public init() {}

  func generation(for model: Model) -> GenerationOptions {
    var options = GenerationOptions(maxTokens: maxTokens)
    options.grammar = grammar.map { model.grammars.grammar($0, for: model.model) }
    options.stopStrings = stopStrings
    options.sampling.temperature = temperature
    options.sampling.topK = topK
    options.sampling.topP = topP
    options.sampling.minP = minP
    options.sampling.seed = seed
    options.sampling.presencePenalty = presencePenalty
    options.sampling.frequencyPenalty = frequencyPenalty
    options.sampling.biases = biases
    options.likeliest = likeliest
    return options
  }
}
