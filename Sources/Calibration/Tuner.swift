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
/// A first search, in three measured steps. Settings that change prefill (kept tokens, probed layers) are screened by
/// divergence on a part of the validation split. The best of each cost run on all of it, interleaved with dense.
/// Retention changes decoding and memory only, so it is tried last, on top of what the budgets have chosen.
public struct Tuner {
  private let session: Session
  private let record: CalibrationRecord
  private let evaluator: Evaluator

  /// A tuner for a calibrated plan, whose session knows the calibration.
  public init(_ session: Session, record: CalibrationRecord, maxTokens: Int = 64) {
    self.session = session
    self.record = record
    evaluator = Evaluator(SampleRunner(session, maxTokens: maxTokens))
  }

  private static let screeningSamples = 48
  private static let finalists = 9
  private static let keepRatios: [Double?] = [nil, 0.6, 0.5, 0.4, 0.3, 0.2]
  private static let reducedShares = [0, 0.5, 0.75, 1]
  private static let retainedShares = [0.5, 0.3, 0.15]

  /// Measures and returns `dense` and a point for each budget, with the figures of the validation split.
  public func tune(
    _ set: SampleSet, budgets: [PointBudget] = PointBudget.standard, reporter: any ProgressReporter
  ) throws -> [OperatingPoint] {
    let screened = try measure(
      candidates(), on: set.spread(Self.screeningSamples), "screening", reporter)
    let finalists = Array(front(screened).prefix(Self.finalists))
    let measured = try measure(finalists, on: set, "measuring", reporter)
    let chosen = budgets.map { budget in best(measured, within: budget).point }

    let retained = distinct(chosen.flatMap(withRetention))
    let final = try measure(retained, on: set, "measuring retention", reporter)
    let dense = final[0]
    return [named("dense", dense, dense)]
      + budgets.map { named($0.name, best(final, within: $0), dense) }
  }

  /// Every combination of kept tokens and probed layers along the calibrated directions.
  func candidates() -> [PruningSettings] {
    let layers = session.contents.model.text.layers
    return Self.keepRatios.flatMap { keep in
      Self.reducedShares.map { share in
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
            neuronShare: record.redundancyLens.neuronShare,
            attentionWindow: record.redundancyLens.attentionWindow)
        }
        return settings
      }
    }.filter { !$0.isDense }
  }

  /// Settings as they are, and with each share of the visual KV entries: the profile's rates scaled to that mean, and
  /// the same rate in every layer.
  func withRetention(_ point: OperatingPoint) -> [PruningSettings] {
    let profile = record.plphp
    let mean = Statistics.mean(profile.retention)
    return [point.settings]
      + Self.retainedShares.flatMap { share in
        [
          profile.retention.map { min(1, $0 * share / max(mean, 1e-6)) },
          profile.retention.map { _ in share },
        ].map {
          var settings = point.settings
          settings.retention = CacheRetention(
            rates: $0, thresholds: profile.thresholds, ranking: profile.ranking, evenShare: profile.evenShare)
          return settings
        }
      }
  }

  /// Scores of dense, then of each setting, in one interleaved run.
  private func measure(
    _ settings: [PruningSettings], on set: SampleSet, _ stage: String, _ reporter: any ProgressReporter
  ) throws -> [PointScore] {
    let points = settings.filter { !$0.isDense }.enumerated().map {
      OperatingPoint(name: "candidate-\($0.offset)", settings: $0.element)
    }
    reporter.begin("\(stage) \(points.count) candidates", total: set.samples.count)
    let scores = try evaluator.evaluate(set, points: [.dense] + points) { _, _ in try reporter.advance(by: 1)
    }
    reporter.end("\(set.samples.count) samples")
    return scores
  }

  /// Candidates in the order of what a budget may still want: those that no other beats in both divergence and cost,
  /// least divergence last among equals of cost; the most divergent are cut first when there are too many.
  private func front(_ scores: [PointScore]) -> [PruningSettings] {
    scores.dropFirst().filter { score in
      !scores.contains { $0.divergence < score.divergence && cost($0) < cost(score) }
    }.sorted { $0.divergence < $1.divergence }.map(\.point.settings)
  }

  /// What a point costs: seconds of prefill and of decoding an answer, and its cache, whose bytes count as much as
  /// the decoding they slow down on a box that holds a long dialogue: a quarter of the time at full size.
  private func cost(_ score: PointScore) -> Double {
    let seconds = score.median(\.prefillSeconds) + score.mean(\.decodeSeconds)
    return seconds * (0.75 + 0.25 * score.mean(\.visualEntryShare))
  }

  private func best(_ scores: [PointScore], within budget: PointBudget) -> PointScore {
    let dense = scores[0]
    return scores.filter { loss($0, dense) <= budget.maximumLoss + 1e-9 }.min { cost($0) < cost($1) } ?? dense
  }

  private func loss(_ score: PointScore, _ dense: PointScore) -> Double {
    dense.accuracy.isNaN ? 1 - score.agreement : dense.accuracy - score.accuracy
  }

  private func distinct(_ settings: [PruningSettings]) -> [PruningSettings] {
    settings.enumerated().filter { settings.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }

  private func named(_ name: String, _ score: PointScore, _ dense: PointScore) -> OperatingPoint {
    OperatingPoint(name: name, settings: score.point.settings, figures: score.figures(beside: dense))
  }
}
