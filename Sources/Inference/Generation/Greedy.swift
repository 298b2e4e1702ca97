import Compute
import Models
import PlanFormat
import Tokenization

extension Session {
  /// Greedy tokens after a prefill, up to and including a stop token, with the seconds that decoding took.
  public func greedyTokens(after prefill: PrefillResult, limit: Int) -> (tokens: [Int32], seconds: Double) {
    var state = engine.startDecoding(prefill)
    return greedyTokens(from: &state, limit: limit)
  }

  /// Greedy tokens behind whatever a state has read, up to and including a stop token, with the seconds it took.
  public func greedyTokens(
    from state: inout DecodeState, limit: Int
  ) -> (tokens: [Int32], seconds: Double) {
    let stops = contents.model.text.stopTokens.map(Int32.init)
    var sampler = Sampler()
    var tokens: [Int32] = []
    var clock = StageClock()
    while tokens.count < limit {
      let token = sampler.next(state.logits)
      tokens.append(token)
      if stops.contains(token) || tokens.count == limit { break }
      clock.measure { engine.decode(token, &state) }
    }
    return (tokens, clock.seconds)
  }

  /// Text of an answer: its tokens without control tokens, without white space around them.
  public func text(of tokens: [Int32]) -> String {
    let text = tokenizer.decode(tokens)
    let kept = text.drop { $0.isWhitespace }
    return String(kept.reversed().drop { $0.isWhitespace }.reversed())
  }
}
