import Figures

/// A linear scale with round numbers as ticks.
struct AxisScale: Equatable {
  /// Values at which there is a tick, ascending.
  let ticks: [Double]
  /// Decimals that tell the ticks apart.
  let decimals: Int

  /// Least value on the scale.
  let lower: Double
  /// Greatest value on the scale.
  let upper: Double

  /// The smallest scale with about `count` ticks that has all finite `values` within its ends. The ends are ticks, unless
  /// a value lies beyond one by no more than `slack` steps.
  init(covering values: [Double], count: Int = 5, slack: Double = 0) {
    // A scale of more digits than a number has would have no ticks to tell apart.
    let finite = values.filter { $0.isFinite && abs($0) < 1e12 }
    var (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    if most - least <= abs(most) * 1e-9 {
      let room = most == 0 ? 1 : abs(most) / 2
      (least, most) = (least - room, most + room)
    }
    let rough = (most - least) / Double(max(1, count))
    var (power, decimals) = (1.0, 0)
    while power * 10 <= rough { power *= 10 }
    while power > rough, decimals < 15 {
      power /= 10
      decimals += 1
    }
    let factor = [1.0, 2, 5, 10].first { power * $0 >= rough * 0.999 } ?? 10
    let step = power * factor
    let first = (least / step + slack + 1e-9).rounded(.down)
    let last = (most / step - slack - 1e-9).rounded(.up)
    ticks = stride(from: first, through: max(last, first + 1), by: 1).map { $0 * step }
    lower = min(least, ticks.first ?? least)
    upper = max(most, ticks.last ?? most)
    self.decimals = factor == 10 ? max(0, decimals - 1) : decimals
  }

  /// Where a value lies between the ends, in [0, 1] for those within.
  func position(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  /// A tick in words: as it is, or in percent.
  func label(_ tick: Double, percent: Bool) -> String {
    percent ? "\(tick * 100, decimals: max(0, decimals - 2)) %" : "\(tick, decimals: decimals)"
  }
}
