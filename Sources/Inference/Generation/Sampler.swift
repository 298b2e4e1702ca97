public import Compute
import Glibc

/// Draws tokens from logits: temperature, then top-k, then top-p, then min-p, then one draw.
public struct Sampler: Sendable {
  private let options: SamplingOptions
  private var generator: SplitMix64

  /// A sampler at the start of its sequence of draws.
  public init(_ options: SamplingOptions = SamplingOptions()) {
    self.options = options
    generator = SplitMix64(seed: options.seed)
  }

  /// The next token for logits `[1 x vocabulary]`. Equal logits go to the lower id.
  ///
  /// Throws where a logit is NaN or infinity, or where none is a number: nothing that follows would mean anything. Minus
  /// infinity is a token that is never taken.
  public mutating func next(_ logits: MatrixView) throws(InferenceError) -> Int32 {
    guard logits.hasMaximum(row: 0) else { throw InferenceError("model", "its logits are no numbers") }
    return logits.withRow(0) { row in
      options.temperature == 0 ? Int32(Self.mostLikely(row)) : draw(row)
    }
  }

  private static func mostLikely(_ logits: UnsafeMutableBufferPointer<Float>) -> Int {
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    return best
  }

  private mutating func draw(_ logits: UnsafeMutableBufferPointer<Float>) -> Int32 {
    var order = logits.indices.sorted { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }
    if options.topK > 0 { order.removeLast(max(0, order.count - options.topK)) }
    let highest = Double(logits[order[0]])
    var weights = order.map { exp((Double(logits[$0]) - highest) / options.temperature) }
    let total = weights.reduce(0, +)
    var reached = 0.0
    var count = 0
    // A token stays while those before it have not reached top-p.
    while count < weights.count, reached < options.topP * total, weights[count] >= options.minP {
      reached += weights[count]
      count += 1
    }
    weights.removeLast(weights.count - max(1, count))
    var target = generator.nextUnit() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      target -= weight
      if target < 0 { return Int32(order[index]) }
    }
    return Int32(order[weights.count - 1])
  }
}
