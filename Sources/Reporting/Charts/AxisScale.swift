import Figures

/// A linear scale whose ends and ticks are round numbers.
struct AxisScale: Equatable {
  /// Values at which there is a tick, ascending; the first and the last are the ends of the scale.
  let ticks: [Double]
  /// Decimals that tell the ticks apart.
  let decimals: Int

  var lower: Double { ticks.first ?? 0 }
  var upper: Double { ticks.last ?? 1 }

  /// The smallest scale with about `count` ticks that has all finite `values` within its ends, or beyond them by no more
  /// than `slack` steps.
  init(covering values: [Double], count: Int = 5, slack: Double = 0) {
    let finite = values.filter(\.isFinite)
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
    self.decimals = factor == 10 ? max(0, decimals - 1) : decimals
  }

  /// Where a value lies between the ends, in [0, 1] for those within.
  func position(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  /// A tick in words: as it is, or in percent.
  func label(_ tick: Double, percent: Bool) -> String {
    percent ? "\(tick * 100, decimals: max(0, decimals - 2)) %" : "\(tick, decimals: decimals)"
  }
}
