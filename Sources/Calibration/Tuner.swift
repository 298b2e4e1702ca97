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
  private static let finalists = 8
  private static let retentionFinalists = 12
  private static let keepRatios: [Double?] = [nil, 0.6, 0.5, 0.4, 0.3, 0.2]
  private static let reducedShares = [0, 0.5, 0.75, 1]
  private static let retainedShares = [0.5, 0.3, 0.15]

  /// Measures and returns `dense` and a point for each budget, with the figures of the validation split.
  public func tune(
    _ set: SampleSet, budgets: [PointBudget] = PointBudget.standard, reporter: any ProgressReporter
  ) throws -> [OperatingPoint] {
    let few = set.spread(Self.screeningSamples)
    let screened = try measure(candidates(), on: few, "screening", reporter)
    let finalists = Array(front(screened).prefix(Self.finalists))
    let measured = try measure(finalists, on: set, "measuring", reporter)
    let bases = distinct(budgets.map { best(measured, within: $0).point.settings })

    let retained = try measure(bases.flatMap(withRetention), on: few, "screening retention", reporter)
    let ends = distinct(bases + front(retained).prefix(Self.retentionFinalists))
    let final = try measure(ends, on: set, "measuring retention", reporter)
    return [named("dense", final[0], final[0])]
      + budgets.map { named($0.name, best(final, within: $0), final[0]) }
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

  /// Settings with each share of the visual KV entries, chosen in the ways that calibration found best at about that
  /// share: with the profile's rates scaled to that mean, and with the same rate in every layer.
  func withRetention(_ settings: PruningSettings) -> [PruningSettings] {
    let profile = record.plphp
    let mean = Statistics.mean(profile.retention)
    return Self.retainedShares.flatMap { share in
      let scaled = profile.retention.map { min(1, $0 * share / max(mean, 1e-6)) }
      let uniform = profile.retention.map { _ in share }
      return bestRankings(at: share).flatMap { way in
        [scaled, uniform].map { rates in
          var settings = settings
          settings.retention = CacheRetention(
            rates: rates, thresholds: profile.thresholds, ranking: way.ranking, evenShare: way.evenShare)
          return settings
        }
      }
    }
  }

  /// The two ways to choose entries with the least divergence at the calibrated rate nearest to `share`.
  private func bestRankings(at share: Double) -> [RetentionCandidate] {
    let candidates = record.plphp.candidates
    let rate = candidates.map(\.rate).min { abs($0 - share) < abs($1 - share) }
    let ways = candidates.filter { $0.rate == rate }.sorted { $0.divergence < $1.divergence }
    return Array(ways.prefix(2))
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

  /// Lost accuracy, but at least a quarter of the answers that changed: on a few hundred samples, changed answers
  /// that happen to be right are luck. Without right answers, every changed answer counts as lost.
  private func loss(_ score: PointScore, _ dense: PointScore) -> Double {
    let changed = 1 - score.agreement
    return dense.accuracy.isNaN ? changed : max(dense.accuracy - score.accuracy, changed / 4)
  }

  private func distinct(_ settings: [PruningSettings]) -> [PruningSettings] {
    settings.enumerated().filter { settings.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }

  private func named(_ name: String, _ score: PointScore, _ dense: PointScore) -> OperatingPoint {
    OperatingPoint(name: name, settings: score.point.settings, figures: score.figures(beside: dense))
  }
}
