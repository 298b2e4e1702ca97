public import Evaluation
public import Inference
public import PlanFormat

/// How much accuracy a named point may lose, in absolute shares of 1.
public struct PointBudget: Equatable, Sendable {
  /// Name of the point.
  public var name: String
  /// Largest loss of accuracy against dense (of agreement, where the set has no answers).
  public var maximumLoss: Double

  /// Creates a budget.
  public init(name: String, maximumLoss: Double) {
    self.name = name
    self.maximumLoss = maximumLoss
  }

  /// The points every plan gets.
  public static let standard = [
    PointBudget(name: "quality", maximumLoss: 0.005), PointBudget(name: "balanced", maximumLoss: 0.01),
    PointBudget(name: "fast", maximumLoss: 0.03),
  ]
}

/// Finds the operating points: the largest measured speed-up within each budget of lost accuracy.
///
/// A first search: candidates along the calibrated directions are screened by divergence on a part of the validation
/// split; the survivors run on all of it, interleaved, and each budget takes the fastest that stays within it.
public struct Tuner {
  private let session: Session
  private let record: CalibrationRecord

  /// A tuner for a calibrated plan.
  public init(_ session: Session, record: CalibrationRecord) {
    self.session = session
    self.record = record
  }

  private static let screeningSamples = 60
  private static let finalists = 10

  /// Measures and returns `dense` and a point for each budget, with the figures of the validation split.
  public func tune(
    _ set: SampleSet, budgets: [PointBudget] = PointBudget.standard, maxTokens: Int = 64,
    reporter: any ProgressReporter
  ) throws -> [OperatingPoint] {
    let evaluator = Evaluator(SampleRunner(session, maxTokens: maxTokens))
    let candidates = candidates()

    let screening = set.spread(Self.screeningSamples)
    reporter.begin("screening \(candidates.count) candidates", total: screening.samples.count)
    let screened = try evaluator.evaluate(screening, points: [.dense] + candidates) { _, _ in
      try reporter.advance(by: 1)
    }
    let finalists = pareto(Array(screened.dropFirst()), budgets)
    reporter.end("\(finalists.count) go on")

    reporter.begin("measuring \(finalists.count) candidates", total: set.samples.count)
    let scores = try evaluator.evaluate(set, points: [.dense] + finalists) { _, _ in
      try reporter.advance(by: 1)
    }
    reporter.end("\(set.samples.count) samples")
    return choose(scores, budgets)
  }

  /// Candidates along the calibrated directions: keep ratios of the chosen transport rule, the best layers of both
  /// rankings, retention around the profile.
  func candidates() -> [OperatingPoint] {
    var list: [PruningSettings] = []
    let layers = session.contents.model.text.layers
    for keep in [nil, 0.5, 0.35, 0.25, 0.18, 0.125] as [Double?] {
      for share in [0, 0.5, 1] {
        for retained in [1, 0.6, 0.35] {
          var settings = PruningSettings()
          settings.tokens = keep.map { keep in
            var pruning = record.topV.chosen
            pruning.keepRatio = keep
            return pruning
          }
          let reduced = Int((share * Double(layers)).rounded())
          if reduced > 0 {
            settings.reduction = LayerReduction(
              feedForwardLayers: record.redundancyLens.feedForward.prefix(reduced).map(Int.init).sorted(),
              neuronShare: record.redundancyLens.neuronShare)
          }
          if retained < 1 { settings.retention = retention(mean: retained) }
          if !settings.isDense { list.append(settings) }
        }
      }
    }
    return list.enumerated().map { OperatingPoint(name: "candidate \($0.offset)", settings: $0.element) }
  }

  /// The profile's rates scaled to a mean, each within [0.02, 1].
  private func retention(mean: Double) -> CacheRetention {
    let profile = record.plphp
    let current = Statistics.mean(profile.retention)
    let rates = profile.retention.map { min(1, max(0.02, $0 * mean / max(current, 1e-6))) }
    return CacheRetention(
      rates: rates, thresholds: profile.thresholds, ranking: profile.ranking, evenShare: profile.evenShare)
  }

  /// Candidates that no other beats in both divergence and cost, cheapest spread first; enough for every budget.
  private func pareto(_ scores: [PointScore], _ budgets: [PointBudget]) -> [OperatingPoint] {
    let front = scores.filter { score in
      !scores.contains { other in
        other.divergence <= score.divergence && cost(other) <= cost(score)
          && (other.divergence < score.divergence || cost(other) < cost(score))
      }
    }.sorted { cost($0) < cost($1) }
    guard front.count > Self.finalists else { return front.map(\.point) }
    return (0..<Self.finalists).map { front[$0 * (front.count - 1) / (Self.finalists - 1)].point }
  }

  /// What a point costs: seconds of prefill and of decoding an answer, with the bytes of its cache as a tie-breaker
  /// worth a tenth.
  private func cost(_ score: PointScore) -> Double {
    let seconds = score.median(\.prefillSeconds) + score.mean(\.decodeSeconds)
    return seconds * (1 + 0.1 * score.mean(\.visualEntryShare))
  }

  private func choose(_ scores: [PointScore], _ budgets: [PointBudget]) -> [OperatingPoint] {
    let dense = scores[0]
    var points = [named("dense", dense, dense)]
    for budget in budgets {
      let allowed = scores.filter { loss($0, dense) <= budget.maximumLoss + 1e-9 }
      let best = allowed.min { cost($0) < cost($1) } ?? dense
      points.append(named(budget.name, best, dense))
    }
    return points
  }

  private func loss(_ score: PointScore, _ dense: PointScore) -> Double {
    dense.accuracy.isNaN ? 1 - score.agreement : dense.accuracy - score.accuracy
  }

  private func named(_ name: String, _ score: PointScore, _ dense: PointScore) -> OperatingPoint {
    OperatingPoint(name: name, settings: score.point.settings, figures: score.figures(beside: dense))
  }
}
