public import Figures
import Plan

/// What a baseline did at a point's budget, and how the point stands beside it.
public struct BaselineScore: Sendable {
  /// Name of the point.
  public var point: String
  /// The baseline.
  public var baseline: Baseline
  /// Its runs: one, or one a seed.
  public var runs: [PointScore]
  /// Accuracy of the point minus that of the baseline, mean over its runs; without right answers, agreement with dense.
  public var gain: PairedComparison
  /// Divergence of the point minus that of the baseline: below 0 the point is nearer to dense.
  public var divergenceGain: PairedComparison

  /// Mean accuracy over the runs (agreement without right answers).
  public var accuracy: Double { Statistics.mean(runs.map(\.quality)) }
  /// Least and largest accuracy of the runs.
  public var spread: (least: Double, largest: Double) {
    let values = runs.map(\.quality)
    return (values.min() ?? .nan, values.max() ?? .nan)
  }
  /// Mean divergence over the runs.
  public var divergence: Double { Statistics.mean(runs.map(\.divergence)) }

  /// Groups the scores of an evaluation: a baseline a point, in the order of the scores.
  public static func all(in scores: [PointScore]) -> [BaselineScore] {
    var order: [(point: String, baseline: Baseline)] = []
    for score in scores {
      guard let baseline = score.contender.baseline, let point = score.contender.opponent else { continue }
      if !order.contains(where: { $0 == (point, baseline) }) { order.append((point, baseline)) }
    }
    let grouped = order.compactMap { point, baseline -> BaselineScore? in
      let runs = scores.filter { $0.contender.opponent == point && $0.contender.baseline == baseline }
      let own = scores.first { $0.point.name == point && $0.contender.baseline == nil }
      return own.map { BaselineScore($0, baseline, runs) }
    }
    return grouped + besideFewestPixels(scores)
  }

  /// Each point beside the resolution that costs as much: the one whose first token takes nearest to as long, by ratio.
  private static func besideFewestPixels(_ scores: [PointScore]) -> [BaselineScore] {
    let pixels = scores.filter { $0.contender.baseline == .fewestPixels }
    return scores.dropFirst().filter { $0.contender.baseline == nil }.compactMap { own in
      func distance(_ score: PointScore) -> Double {
        let (one, other) = (score.median(\.firstTokenSeconds), own.median(\.firstTokenSeconds))
        return max(one, other) / max(1e-9, min(one, other))
      }
      return pixels.min { distance($0) < distance($1) }.map { BaselineScore(own, .fewestPixels, [$0]) }
    }
  }

  private init(_ own: PointScore, _ baseline: Baseline, _ runs: [PointScore]) {
    point = own.point.name
    self.baseline = baseline
    self.runs = runs
    let clusters = own.samples.map(\.image)
    func mean(_ figure: (SampleScore) -> Double) -> [Double] {
      let values = runs.map { $0.samples.map(figure) }
      return own.samples.indices.map { index in Statistics.mean(values.map { $0[index] }) }
    }
    gain = PairedComparison(own.samples.map(\.quality), mean(\.quality), clusters: clusters)
    divergenceGain = PairedComparison(
      own.samples.map(\.divergence), mean(\.divergence), clusters: clusters)
  }

  /// The verdict in words: a gain counts only where its interval leaves zero out.
  public var verdict: String {
    let points = Self.points(gain)
    var name = runs.count > 1 ? "\(baseline.name) (\(runs.count) seeds)" : baseline.name
    if baseline == .fewestPixels, let run = runs.first { name += " (\(run.point.name))" }
    guard gain.isClear else {
      return "\(point) cannot be told from \(name): \(points)"
    }
    return "\(point) is \(gain.difference > 0 ? "better" : "WORSE") than \(name): \(points)"
  }

  /// A difference in points with its interval.
  public static func points(_ comparison: PairedComparison) -> String {
    func signed(_ value: Double) -> String { "\(value > 0 ? "+" : "")\(100 * value, decimals: 1)" }
    let points = "\(signed(comparison.difference)) points"
    guard comparison.hasInterval else { return points }
    return "\(points) (\(comparison.interval.map(signed).joined(separator: " to ")))"
  }

  /// The object that `espalier evaluate --json` prints for the baseline.
  public var json: JSON {
    .object([
      "point": .string(point), "baseline": .string(baseline.name), "runs": .integer(runs.count),
      "accuracy": Figure(accuracy, .share).json, "spread": .numbers([spread.least, spread.largest]),
      "divergence": Figure(divergence, .nats).json, "gain": gain.json,
      "divergence_gain": divergenceGain.json, "verdict": .string(verdict),
    ])
  }
}

extension SampleScore {
  /// 1 for a right answer and 0 for a wrong one; without a right answer, whether the tokens are dense's.
  public var quality: Double { correct ?? agrees ? 1 : 0 }
}

extension PointScore {
  /// Mean quality: accuracy, or agreement where the set has no answers.
  var quality: Double { Statistics.mean(samples.map(\.quality)) }

  /// How this stands beside another on the same samples, by accuracy (agreement without right answers).
  public func compared(with other: PointScore) -> PairedComparison {
    PairedComparison(
      samples.map(\.quality), other.samples.map(\.quality), clusters: samples.map(\.image))
  }
}

extension PairedComparison {
  /// Difference, and interval and p-value where there is one.
  public var json: JSON {
    .object([
      "samples": .integer(samples), "difference": .number(difference),
      "interval": hasInterval ? .numbers(interval) : .null,
      "wins": .integer(wins), "losses": .integer(losses),
      "mcnemar_p": pValue.isNaN ? .null : .number(pValue),
    ])
  }
}
