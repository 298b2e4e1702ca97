public import Compute
import Glibc

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
  public mutating func next(_ logits: Matrix) -> Int32 {
    logits.withRow(0) { row in
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
