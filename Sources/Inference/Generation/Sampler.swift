public import Compute
import Glibc

/// Draws tokens from logits: biases and penalties, temperature, then top-k, then top-p, then min-p, then one draw.
public struct Sampler: Sendable {
  private let options: SamplingOptions
  private var generator: SplitMix64
  /// How often each token was taken, where a penalty asks.
  private var counts: [Int32: Int] = [:]

  /// A sampler at the start of its sequence of draws.
  public init(_ options: SamplingOptions = SamplingOptions()) {
    self.options = options
    generator = SplitMix64(seed: options.seed)
  }

  /// The next token for logits `[1 x vocabulary]`. Equal logits go to the lower id.
  ///
  /// Throws where a logit is NaN or infinity, or where none is a number: nothing that follows would mean anything. Minus
  /// infinity is a token that is never taken. Of a `mask`, bit `id % 64` of word `id / 64` says whether a token may come.
  public mutating func next(
    _ logits: MatrixView, allowing mask: [UInt64]? = nil
  ) throws(InferenceError) -> Int32 {
    guard logits.hasMaximum(row: 0) else { throw InferenceError("model", "its logits are no numbers") }
    let adjusted = options.adjustsLogits || mask != nil ? try adjusted(logits, allowing: mask) : logits
    let token = adjusted.withRow(0) { row in
      options.temperature == 0 ? Int32(Self.mostLikely(row)) : draw(row)
    }
    if options.presencePenalty != 0 || options.frequencyPenalty != 0 { counts[token, default: 0] += 1 }
    return token
  }

  private func adjusted(_ logits: MatrixView, allowing mask: [UInt64]?) throws(InferenceError) -> MatrixView {
    let adjusted = logits.copy()
    if let mask { adjusted.keep(mask) }
    adjusted.withRow(0) { row in
      for (token, bias) in options.biases where row.indices.contains(Int(token)) {
        row[Int(token)] += Float(bias)
      }
      for (token, count) in counts {
        row[Int(token)] -= Float(options.presencePenalty + Double(count) * options.frequencyPenalty)
      }
    }
    guard adjusted.hasMaximum(row: 0) else {
      throw InferenceError(
        "sampling", mask == nil ? "the biases leave no token" : "the grammar leaves no token")
    }
    return adjusted
  }

  private static func mostLikely(_ logits: UnsafeMutableBufferPointer<Float>) -> Int {
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    return best
  }

  private mutating func draw(_ logits: UnsafeMutableBufferPointer<Float>) -> Int32 {
    let highest = Double(logits[Self.mostLikely(logits)])
    // How likely each token is beside the most likely one.
    let weights = logits.map { exp((Double($0) - highest) / options.temperature) }
    if options.drawsFromAll { return Int32(pick(weights)) }
    let sum = weights.reduce(0, +)
    var order = candidates(weights, sum: sum)
    order.sort { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }
    if options.topK > 0 { order.removeLast(max(0, order.count - options.topK)) }
    // Those that were left out as too unlikely count as well, but where top-k leaves them out.
    let total = options.topK > 0 ? order.reduce(0) { $0 + weights[$1] } : sum
    var reached = 0.0
    var count = 0
    // A token stays while those before it have not reached top-p.
    while count < order.count, reached < options.topP * total, weights[order[count]] >= options.minP {
      reached += weights[order[count]]
      count += 1
    }
    order.removeLast(order.count - max(1, count))
    return Int32(order[pick(order.map { weights[$0] })])
  }

  /// Tokens that may be among those that stay: sorting a whole vocabulary takes longer than a small model's step.
  private func candidates(_ weights: [Double], sum: Double) -> [Int] {
    var least = options.minP
    if options.topK > 0 {
      least = max(least, weights.largest(options.topK))
    } else {
      // All that are less likely than this together have no more than what top-p leaves out.
      let rest = (1 - options.topP) * sum / Double(weights.count)
      least = max(least, 0.5 * rest)
    }
    return weights.indices.filter { weights[$0] >= least }
  }

  /// A place drawn in proportion to its weight.
  private mutating func pick(_ weights: [Double]) -> Int {
    var target = generator.nextUnit() * weights.reduce(0, +)
    var last = 0
    for (place, weight) in weights.enumerated() where weight > 0 {
      last = place
      target -= weight
      if target < 0 { break }
    }
    return last
  }
}

extension MatrixView {
  /// Makes minus infinity of all but some elements of the first row.
  fileprivate func keep(_ mask: [UInt64]) {
    withRow(0) { row in
      for (index, word) in mask.enumerated() where word != .max {
        for bit in 0..<64 where word & 1 << UInt64(bit) == 0 {
          let place = 64 * index + bit
          if place < row.count { row[place] = -.infinity }
        }
      }
      // Logits behind the vocabulary's end are of no token.
      for place in min(64 * mask.count, row.count)..<row.count { row[place] = -.infinity }
    }
  }
}

extension [Double] {
  /// The `count`-th largest element, or the smallest where there are fewer; in the time of a few passes.
  fileprivate func largest(_ count: Int) -> Double {
    guard count < self.count else { return self.min() ?? 0 }
    var values = self
    let wanted = count - 1
    var (first, last) = (0, values.count - 1)
    while first < last {
      let pivot = values[first + (last - first) / 2]
      var (left, right) = (first, last)
      while left <= right {
        while values[left] > pivot { left += 1 }
        while values[right] < pivot { right -= 1 }
        if left <= right {
          values.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if wanted <= right { last = right } else if wanted >= left { first = left } else { break }
    }
    return values[wanted]
  }
}
