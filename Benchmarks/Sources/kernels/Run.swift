import Compute
import Foundation

/// A kernel that is ready to be timed.
struct Run {
  let limit: Limit
  /// What one call does, in the unit of the limit; of row functions the elements.
  let work: Double
  let unit: Unit
  /// The weights that the limit reads, where it reads.
  var memory: PanelMemory?
  let call: () -> Void

  /// How rates are written.
  enum Unit: String {
    case operations = "GOP/s"
    case bytes = "GB/s"
    case elements = "elements/ns"
  }

  /// The median of ratios to the limit, each measured between two measurements of the limit. Ratios are those of time that
  /// the processors worked, as another program may have them in between; the rate is that of the clock on the wall.
  func ratio(of subject: Subject, _ machine: Machine, _ workers: Workers, rounds: Int) -> Ratio {
    let (short, long) = (0.002, 0.004)
    let repeats = Stopwatch.repeats(filling: long, threads: workers.count, call)
    var best = limit.rate(memory, workers, seconds: short)
    var (rates, ratios): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      let time = Stopwatch { for _ in 0..<repeats { call() } }
      let next = limit.rate(memory, workers, seconds: short)
      let done = work * Double(repeats)
      rates.append(done / time.elapsed)
      ratios.append(done * Double(workers.count) / time.used / ((best + next) / 2))
      best = next
    }
    return Ratio(
      processor: machine.processor, table: machine.table, kernel: subject.kernel, shape: subject.shape,
      threads: workers.count, limit: limit, ratio: Self.rounded(Self.median(ratios)),
      rate: Self.rounded(Self.median(rates) / 1e9),
      unit: unit.rawValue)
  }

  /// Four digits: the others are not the kernel's.
  private static func rounded(_ value: Double) -> Double { Double(String(format: "%.4g", value)) ?? value }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
