public import Evaluation
public import Inference
public import PlanFormat

/// Finds the operating points: the largest measured speed-up within each budget of lost accuracy.
///
/// A first search, in three measured steps. Settings that change prefill (kept tokens, probed layers) are screened by
/// divergence on a part of the validation split. The best of each cost run on all of it, interleaved with dense.
/// Retention changes decoding and memory only, so it is tried last: on the fastest settings of each budget, at the
/// rate that brings their cache to what the budget asks for.
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
  private static let finalists = 10
  private static let keepRatios: [Double?] = [nil, 0.75, 0.6, 0.5, 0.4, 0.3, 0.2]
  private static let reducedShares = [0.5, 0.75, 1]
  /// Screening drops what no budget would take.
  private static let hopelessDivergence = 0.1

  /// Measures and returns `dense` and a point for each budget, with the figures of the validation split.
  public func tune(
    _ set: SampleSet, budgets: [PointBudget] = PointBudget.standard, reporter: any ProgressReporter
  ) throws -> [OperatingPoint] {
    let few = set.spread(Self.screeningSamples)
    let screened = try measure(candidates(), on: few, "screening", reporter)
    let measured = try measure(finalists(screened), on: set, "measuring", reporter)

    let trials = budgets.flatMap { budget in
      bases(measured, budget).flatMap { withRetention($0, budget) }
    }
    let retained = try measure(distinct(trials), on: few, "screening retention", reporter)
    let ends = budgets.flatMap { budget in
      bases(measured, budget).flatMap { base in
        [base.point.settings] + bestRetention(of: base.point.settings, budget, retained)
      }
    }
    let final = try measure(distinct(ends), on: set, "measuring retention", reporter)
    return [named("dense", final[0], final[0])] + budgets.map { named($0.name, best(final, $0), final[0]) }
  }

  /// Every combination of kept tokens and reduced layers along the calibrated directions.
  func candidates() -> [PruningSettings] {
    Self.keepRatios.flatMap { keep in
      let tokens = keep.map { keep in
        var pruning = record.topV.chosen
        pruning.keepRatio = keep
        return pruning
      }
      return reductions().map { PruningSettings(tokens: tokens, reduction: $0) }
    }.filter { !$0.isDense }
  }

  /// No reduction, and the first ranked layers with probed or, where neurons lie in order, with leading ones.
  private func reductions() -> [LayerReduction?] {
    let lens = record.redundancyLens
    var ways = [(LayerReduction.NeuronSelection.probed, lens.neuronShare)]
    if !lens.neuronOrder.isEmpty { ways.append((.leading, lens.leadingShare)) }
    return [nil]
      + Self.reducedShares.flatMap { share in
        let count = Int((share * Double(lens.feedForward.count)).rounded())
        let layers = lens.feedForward.prefix(count).map(Int.init).sorted()
        return ways.map { neurons, share in
          LayerReduction(
            feedForwardLayers: layers, neurons: neurons, neuronShare: share,
            attentionWindow: lens.attentionWindow)
        }
      }
  }

  /// Settings with a retention that brings their cache to the budget's share, for each way of choosing entries that
  /// calibration found good at about that rate: the same rate in every layer, and the profile's rates scaled to it.
  private func withRetention(_ base: PointScore, _ budget: PointBudget) -> [PruningSettings] {
    // A little less, as rates are rounded to whole entries.
    let rate = 0.99 * budget.entryShare / base.mean(\.visualEntryShare)
    guard rate < 1 else { return [] }
    let profile = record.plphp
    let mean = Statistics.mean(profile.retention)
    let uniform = profile.retention.map { _ in rate }
    let scaled = profile.retention.map { min(1, $0 * rate / max(mean, 1e-6)) }
    return bestRankings(at: rate).flatMap { way in
      [uniform, scaled].map { rates in
        var settings = base.point.settings
        settings.retention = CacheRetention(
          rates: rates, thresholds: profile.thresholds, ranking: way.ranking, evenShare: way.evenShare)
        return settings
      }
    }
  }

  /// The three ways to choose entries with the least divergence at the calibrated rate nearest to `rate`.
  private func bestRankings(at rate: Double) -> [RetentionCandidate] {
    let candidates = record.plphp.candidates
    let nearest = candidates.map(\.rate).min { abs($0 - rate) < abs($1 - rate) }
    let ways = candidates.filter { $0.rate == nearest }.sorted { $0.divergence < $1.divergence }
    return Array(ways.prefix(3))
  }

  /// The two retentions of some settings for a budget with the least divergence in screening.
  private func bestRetention(
    of settings: PruningSettings, _ budget: PointBudget, _ screened: [PointScore]
  ) -> [PruningSettings] {
    let own = screened.filter { score in
      var bare = score.point.settings
      bare.retention = nil
      return bare == settings && score.point.settings.retention != nil && fits(score, budget)
    }
    return own.sorted { $0.divergence < $1.divergence }.prefix(2).map(\.point.settings)
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

  /// Candidates that no other beats in both divergence and cost, evenly spaced from careful to bold.
  private func finalists(_ scores: [PointScore]) -> [PruningSettings] {
    let front = scores.dropFirst().filter { score in
      score.divergence <= Self.hopelessDivergence
        && !scores.contains { $0.divergence < score.divergence && cost($0) < cost(score) }
    }.sorted { $0.divergence < $1.divergence }.map(\.point.settings)
    guard front.count > Self.finalists else { return front }
    return (0..<Self.finalists).map { front[$0 * (front.count - 1) / (Self.finalists - 1)] }
  }

  /// What a point costs: seconds of prefill and of decoding an answer.
  private func cost(_ score: PointScore) -> Double {
    score.median(\.prefillSeconds) + score.mean(\.decodeSeconds)
  }

  /// The fastest settings within the budget's loss: three where their cache must still shrink, one where it may stay.
  private func bases(_ scores: [PointScore], _ budget: PointBudget) -> ArraySlice<PointScore> {
    affordable(scores, budget).prefix(budget.entryShare < 1 ? 3 : 1)
  }

  /// Scores within the budget's loss, fastest first; the first score is dense, which is always within.
  private func affordable(_ scores: [PointScore], _ budget: PointBudget) -> [PointScore] {
    scores.filter { loss($0, scores[0]) <= budget.maximumLoss + 1e-9 }.sorted { cost($0) < cost($1) }
  }

  /// The fastest within the budget that is small enough, or, where none is, the smallest within the budget.
  private func best(_ scores: [PointScore], _ budget: PointBudget) -> PointScore {
    let within = affordable(scores, budget)
    return within.first { fits($0, budget) }
      ?? within.min { $0.mean(\.visualEntryShare) < $1.mean(\.visualEntryShare) } ?? scores[0]
  }

  private func fits(_ score: PointScore, _ budget: PointBudget) -> Bool {
    score.mean(\.visualEntryShare) <= budget.entryShare + 1e-9
  }

  /// What a point is taken to lose: the lost accuracy and half of its standard error, but at least a quarter of the
  /// answers that changed. The fastest of many candidates is often the luckiest one, and on a few hundred samples
  /// changed answers that happen to be right are luck too. Without right answers, every changed answer is lost.
  private func loss(_ score: PointScore, _ dense: PointScore) -> Double {
    let changed = 1 - score.agreement
    if dense.accuracy.isNaN { return changed }
    let losses = zip(score.samples, dense.samples).compactMap { own, dense in
      own.correct.flatMap { correct in dense.correct.map { ($0 ? 1.0 : 0) - (correct ? 1.0 : 0) } }
    }
    let standardError = Statistics.deviation(losses) / Double(max(1, losses.count)).squareRoot()
    return max(Statistics.mean(losses) + 0.5 * standardError, changed / 4)
  }

  private func distinct(_ settings: [PruningSettings]) -> [PruningSettings] {
    settings.enumerated().filter { settings.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }

  private func named(_ name: String, _ score: PointScore, _ dense: PointScore) -> OperatingPoint {
    OperatingPoint(name: name, settings: score.point.settings, figures: score.figures(beside: dense))
  }
}
