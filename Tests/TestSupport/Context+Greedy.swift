public import Inference

extension Context {
  /// Greedy tokens behind a copy of what a prefill left, up to and including a stop token.
  public func greedyTokens(after prefill: borrowing PrefillResult, limit: Int) throws -> [Int32] {
    var generation = try Generation(
      startDecoding(prefill.copy(reserve: limit)), in: self, GenerationOptions(maxTokens: limit))
    return try generation.run()
  }
}
