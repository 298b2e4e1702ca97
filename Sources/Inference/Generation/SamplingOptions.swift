/// How the next token is drawn from logits.
public struct SamplingOptions: Equatable, Sendable {
  /// Divides the logits; 0 takes the most likely token always.
  public var temperature = 0.0
  /// Only the k most likely tokens; 0 for all.
  public var topK = 0
  /// Only the most likely tokens that together reach this probability; 1 for all.
  public var topP = 1.0
  /// Only tokens at least this share as likely as the most likely; 0 for all.
  public var minP = 0.0
  /// Seed of the draws.
  public var seed: UInt64 = 0
  /// Taken off the logit of a token that the answer has already.
  public var presencePenalty = 0.0
  /// Taken off the logit of a token for each time that the answer has it already.
  public var frequencyPenalty = 0.0
  /// Added to the logits of single tokens; minus infinity forbids one.
  public var biases: [Int32: Double] = [:]

  /// Greedy decoding.
  public init() {}

  /// Whether logits are changed before a token is drawn.
  var adjustsLogits: Bool { presencePenalty != 0 || frequencyPenalty != 0 || !biases.isEmpty }

  /// Whether any token may be drawn.
  var drawsFromAll: Bool { topK == 0 && topP == 1 && minP == 0 }

  /// The first setting outside its range, in words; `nil` when all are well.
  public var problem: String? {
    if !(temperature >= 0 && temperature.isFinite) {
      return "temperature \(temperature) is negative or not finite"
    }
    if topK < 0 { return "top-k \(topK) is negative" }
    if !(topP > 0 && topP <= 1) { return "top-p \(topP) is not within (0, 1]" }
    if !(minP >= 0 && minP <= 1) { return "min-p \(minP) is not within [0, 1]" }
    if !presencePenalty.isFinite { return "presence penalty \(presencePenalty) is not finite" }
    if !frequencyPenalty.isFinite { return "frequency penalty \(frequencyPenalty) is not finite" }
    for (token, bias) in biases.sorted(by: { $0.key < $1.key }) where !(bias < .infinity) {
      return "the bias \(bias) of token \(token) is no number"
    }
    return nil
  }
}
