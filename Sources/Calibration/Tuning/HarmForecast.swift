import Evaluation
import Glibc

/// What settings harm on all samples, from what they harm on the hardest ones.
///
/// Settings harm the same samples most, so the share of all harm that the hardest samples have says what a sum over them
/// stands for. How far that is off is seen on settings that ran on all samples.
struct HarmForecast {
  /// How much settings harm each sample, summed over those that ran on all of them.
  private let difficulty: [Double]
  /// Those settings, the last ones.
  private let known: [[Int: Double]]

  /// Settings that tell how far forecasts are off.
  private static let recent = 60
  /// Fewer tell nothing.
  private static let fewest = 12
  /// Standard deviations that a forecast must be beyond a bound to be sure.
  static let sureness = 2.0

  /// From all trials so far.
  init(_ trials: some Collection<SearchTrial>, samples: Int) {
    let whole = trials.filter { $0.moved.count == samples }
    var difficulty = Array(repeating: 0.0, count: samples)
    for trial in whole {
      for (place, moved) in trial.moved { difficulty[place] += moved }
    }
    self.difficulty = difficulty
    known = whole.suffix(Self.recent).map(\.moved)
  }

  /// Places from hard to easy.
  var order: [Int] { SampleOrder.hardestFirst(difficulty) }

  /// Settings that run on all samples before any may stop early, so that forecasts are known to be good.
  static let whole = 30
  /// Error of a forecast, as a share, that is good enough to compare settings by: what a search finds is measured anew.
  private static let allowedError = 0.2

  /// Mean over all samples of what settings moved.
  struct Mean {
    var likely: Double
    /// What it is hardly less than.
    var least: Double
    /// Whether more samples would tell little.
    var isGoodEnough: Bool
  }

  /// Mean over all samples of what settings moved on some of them.
  func mean(of moved: [Int: Double]) -> Mean {
    let count = Double(max(1, difficulty.count))
    let places = moved.keys.sorted()
    let sum = places.reduce(0) { $0 + (moved[$1] ?? 0) }
    let known = Mean(likely: sum / count, least: sum / count, isGoodEnough: moved.count == difficulty.count)
    if known.isGoodEnough { return known }
    guard let raw = estimate(moved, places) else {
      // Where samples are alike, the first ones tell.
      let values = places.compactMap { moved[$0] }
      guard places.elementsEqual(0..<places.count), Lead.isKnown(values) else { return known }
      return Mean(likely: Statistics.mean(values), least: known.least, isGoodEnough: true)
    }
    let errors = self.known.compactMap { other -> Double? in
      let whole = other.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
      guard let found = estimate(other, places), found > 0, whole > 0 else { return nil }
      return log(found / whole)
    }
    guard errors.count >= Self.fewest, raw > 0 else { return known }
    let (bias, deviation) = (Statistics.mean(errors), Statistics.deviation(errors))
    let likely = max(sum, raw * exp(-bias))
    let least = max(sum, raw * exp(-bias - Self.sureness * deviation))
    return Mean(
      likely: likely / count, least: least / count,
      isGoodEnough: deviation <= Self.allowedError && self.known.count >= Self.whole)
  }

  /// The sum over all samples that a sum over some places stands for.
  private func estimate(_ moved: [Int: Double], _ places: [Int]) -> Double? {
    let hard = places.reduce(0) { $0 + difficulty[$1] }
    let all = difficulty.reduce(0, +)
    return hard > 0 ? places.reduce(0) { $0 + (moved[$1] ?? 0) } * all / hard : nil
  }
}
