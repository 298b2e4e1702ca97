public import Compute
public import Plan

/// The choice of visual KV entries in one layer (section 3 of the methods).
public struct EntrySelector {
  private let retention: CacheRetention
  private let queryHeads: Int
  private let keyValueHeads: Int
  private let answerAttention: [Float]
  private let layers: Int

  /// Prepares the choice for a model with `layers` layers; `answerAttention` is `[L x Hkv x N]` or empty.
  public init(
    _ retention: CacheRetention, layers: Int, queryHeads: Int, keyValueHeads: Int,
    answerAttention: [Float] = []
  ) {
    self.retention = retention
    self.layers = layers
    self.queryHeads = queryHeads
    self.keyValueHeads = keyValueHeads
    self.answerAttention = answerAttention
  }

  /// Attention rows of the last prompt tokens that the choice looks at.
  public var watchedRows: Int { retention.ranking == .window ? Self.window : 1 }

  /// Rows of the `window` ranking.
  public static let window = 16

  /// The layer's retention rate for this input.
  public func rate(layer: Int, visualMass: Double) -> Double {
    switch retention.mode {
    case .static: retention.rates[layer]
    case .dynamic: retention.thresholds.retention(of: visualMass)
    }
  }

  /// Rows to keep of each KV head, ascending, equally many in each: all text and, of each image's `N` visual rows that
  /// the layer holds, the best `round(rate * N)`: a quota an image, so that none starves.
  ///
  /// `attention` holds the watched rows, `[(w * H) x rows]`; `visualIndices` has an entry a cached row, -1 for text;
  /// `imageStarts` the first visual index of each image.
  public func keep(
    layer: Int, rate: Double, attention: MatrixView, visualIndices: [Int32], imageStarts: [Int] = [0]
  ) -> [[Int]] {
    let images = visualRows(visualIndices, of: imageStarts)
    let budgets = images.map { max(0, min($0.count, Int((rate * Double($0.count)).rounded()))) }
    if zip(images, budgets).allSatisfy({ $0.count == $1 }) {
      return Array(repeating: Array(visualIndices.indices), count: keyValueHeads)
    }
    let text = visualIndices.indices.filter { visualIndices[$0] < 0 }
    return (0..<keyValueHeads).map { head in
      let chosen = zip(images, budgets).flatMap { visual, budget in
        choose(
          budget, of: visual.count, cache: layer * keyValueHeads + head,
          scores: scores(layer: layer, head: head, attention, visual, visualIndices)
        ).map { visual[$0] }
      }
      return (text + chosen).sorted()
    }
  }

  /// The visual rows of each image that has any left.
  private func visualRows(_ visualIndices: [Int32], of imageStarts: [Int]) -> [[Int]] {
    let starts = imageStarts.isEmpty ? [0] : imageStarts
    var images: [[Int]] = Array(repeating: [], count: starts.count)
    var image = 0
    for row in visualIndices.indices where visualIndices[row] >= 0 {
      while image + 1 < starts.count, Int(visualIndices[row]) >= starts[image + 1] { image += 1 }
      images[image].append(row)
    }
    return images.filter { !$0.isEmpty }
  }

  /// The even share first, then the best of the rest.
  private func choose(_ budget: Int, of count: Int, cache: Int, scores: [Float]) -> [Int] {
    let share = retention.ranking == .staggered ? 1 : retention.evenShare
    let even = staggered(Int((share * Double(budget)).rounded()), of: count, cache: cache)
    var remaining = scores
    for place in even { remaining[place] = -.infinity }
    return (even + largest(budget - even.count, of: remaining)).sorted()
  }

  /// Evenly spaced places, ascending, from another start in each cache: what one does not hold another does.
  ///
  /// Starts follow the golden ratio, so that those of any few caches lie far apart.
  private func staggered(_ count: Int, of total: Int, cache: Int) -> [Int] {
    guard count > 0, total > 0 else { return [] }
    let turn = (Double(cache) * 0.6180339887498949).truncatingRemainder(dividingBy: 1)
    let start = Int(turn * Double(total) / Double(count))
    return evenlySpaced(count, of: total).map { ($0 + start) % total }.sorted()
  }

  private func scores(
    layer: Int, head: Int, _ attention: MatrixView, _ visual: [Int], _ visualIndices: [Int32]
  ) -> [Float] {
    switch retention.ranking {
    case .lastRow, .window:
      let group = queryHeads / keyValueHeads
      var sums = Array(repeating: Float(0), count: visual.count)
      let watched = attention.rows / queryHeads
      // An observer may watch more rows than the ranking looks at.
      let first = retention.ranking == .lastRow ? watched - 1 : max(0, watched - Self.window)
      for row in first..<watched {
        for queryHead in head * group..<(head + 1) * group {
          attention.withRow(row * queryHeads + queryHead) { line in
            for (place, key) in visual.enumerated() { sums[place] += line[key] }
          }
        }
      }
      return sums
    case .answerProfile:
      let tokens = answerAttention.count / max(1, layers * keyValueHeads)
      let base = (layer * keyValueHeads + head) * tokens
      return visual.map { answerAttention[base + Int(visualIndices[$0]) % tokens] }
    case .staggered: return Array(repeating: 0, count: visual.count)
    case .even:
      var scores = Array(repeating: Float(0), count: visual.count)
      for (rank, place) in evenOrder(visual.count).enumerated() { scores[place] = Float(-rank) }
      return scores
    case .random:
      var generator = SplitMix64(seed: UInt64(layer * keyValueHeads + head))
      return visual.map { _ in Float(generator.nextUnit()) }
    }
  }

  /// Places in an order whose every prefix is spread evenly: bit-reversed counting.
  private func evenOrder(_ count: Int) -> [Int] {
    guard count > 1 else { return Array(0..<count) }
    let bits = Int.bitWidth - (count - 1).leadingZeroBitCount
    return (0..<1 << bits).map { index in
      (0..<bits).reduce(0) { $0 | ((index >> $1 & 1) << (bits - 1 - $1)) }
    }.filter { $0 < count }
  }
}
