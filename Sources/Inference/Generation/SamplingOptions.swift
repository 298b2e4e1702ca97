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

  /// Greedy decoding.
  public init() {}

  /// The first setting outside its range, in words; `nil` when all are well.
  public var problem: String? {
    if !(temperature >= 0 && temperature.isFinite) {
      return "temperature \(temperature) is negative or not finite"
    }
    if topK < 0 { return "top-k \(topK) is negative" }
    if !(topP > 0 && topP <= 1) { return "top-p \(topP) is not within (0, 1]" }
    if !(minP >= 0 && minP <= 1) { return "min-p \(minP) is not within [0, 1]" }
    return nil
  }
}
