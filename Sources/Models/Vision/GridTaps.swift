/// What a place of a longer or shorter axis is made of: places of an axis of learned positions, and the weight of each.
struct GridTaps {
  /// Places of the learned axis.
  let places: [(place: Int, weight: Float)]

  /// Linear between the two nearest places; the ends of both axes lie on each other.
  init(cornered index: Int, of count: Int, side: Int) {
    let place = Float(index) * Float(side - 1) / Float(max(1, count - 1))
    let low = place.rounded(.down)
    let share = place - low
    places = [
      (min(Int(low), side - 1), 1 - share), (min(Int(low) + 1, side - 1), share),
    ]
  }

  /// The place that this one's beginning lies in; `edges` are the beginnings of all places but the first.
  init(nearest index: Int, of count: Int, edges: [Float]) {
    let share = Float(index) / Float(count)
    places = [(edges.count { $0 <= share }, 1)]
  }

  /// Beginnings of the places of an axis as shares of it, but the first: PyTorch's `arange` from one place to the end, whose
  /// rounding decides where two beginnings are the same number.
  static func edges(side: Int) -> [Float] {
    let step = 1 / Double(side)
    let count = Int(((1 - step) / step).rounded(.up))
    return (0..<count).map { index in
      // Eight at a time, counted from a rounded first one, in pairs of eights.
      guard index < count / 16 * 16 else { return Float(step + Double(index) * step) }
      let first = Float(step + Double(index / 8 * 8) * step)
      return Float(Double(first) + Double(index % 8) * step)
    }
  }

  /// A triangle around the place, as wide as it takes to see all places of a longer axis; the edges of both axes lie on each
  /// other (PyTorch's `interpolate` with `antialias`).
  init(antialiased index: Int, of count: Int, side: Int) {
    let scale = Float(side) / Float(count)
    let support = max(1, scale)
    let center = scale * (Float(index) + 0.5)
    let first = max(0, Int(center - support + 0.5))
    let last = min(side, Int(center + support + 0.5))
    let weights = (first..<last).map { max(0, 1 - abs((Float($0) - center + 0.5) / support)) }
    let sum = weights.reduce(0, +)
    places = zip(first..<last, weights).map { ($0, $1 / sum) }
  }
}
