import Evaluation
import Plan

/// Picks points from scores on the whole validation split. The first score is dense.
struct PointPicker {
  private let scores: [PointScore]
  private let fixed: FixedCosts
  /// What each score is taken to lose.
  private let losses: [String: LossEstimate.Loss]

  init(_ scores: [PointScore], _ fixed: FixedCosts) {
    self.scores = scores
    self.fixed = fixed
    let measurements = scores.dropFirst().map { $0.measuredLoss(beside: scores[0]) }
    let estimate = LossEstimate(measurements)
    losses = Dictionary(
      zip(scores.dropFirst().map(\.point.name), measurements.map(estimate.loss)),
      uniquingKeysWith: { first, _ in first })
  }

  /// The best score for a budget: the fastest that surely keeps its loss and meets its other demands; where none does,
  /// the least harm of those that meet the demands, if it is likely to keep the loss; else, of those that surely keep it,
  /// the smallest cache. Without a loss, the least harm that meets the demands, or the fastest.
  func best(for budget: PointBudget) -> PointScore {
    let fitting = scores.filter { fits($0, budget) }
    let mildest = fitting.min { loss($0).upper < loss($1).upper }
    guard let maximumLoss = budget.maximumLoss.map({ $0 + 1e-9 }) else {
      return mildest ?? scores.min { cost($0) < cost($1) } ?? scores[0]
    }
    let safe = scores.filter { loss($0).upper <= maximumLoss }
    if let fastest = safe.filter({ fits($0, budget) }).min(by: { cost($0) < cost($1) }) { return fastest }
    if let mildest, loss(mildest).likely <= maximumLoss { return mildest }
    return safe.min { $0.mean(\.visualEntryShare) < $1.mean(\.visualEntryShare) } ?? scores[0]
  }

  /// Scores that no other beats in divergence, first token and memory, from careful to bold.
  var front: [PointScore] {
    let figures = scores.map {
      [$0.divergence, $0.median(\.firstTokenSeconds), $0.mean(\.visualEntryShare)]
    }
    return scores.indices.filter { own in
      !figures.contains { other in
        zip(other, figures[own]).allSatisfy { $0 <= $1 } && other != figures[own]
      }
    }.sorted { figures[$0][0] < figures[$1][0] }.map { scores[$0] }
  }

  private func fits(_ score: PointScore, _ budget: PointBudget) -> Bool {
    budget.allows(
      PointCosts(
        image: score.median(\.imageSeconds), prefill: score.median(\.prefillSeconds),
        step: score.decodeSecondsPerToken,
        entryShare: score.mean(\.visualEntryShare),
        operationShare: score.mean(\.decoderFLOPs) / scores[0].mean(\.decoderFLOPs),
        kvBytes: score.mean(\.kvBytes)), fixed)
  }

  /// What a point costs: seconds from the pictures to the first token, and of decoding an answer.
  private func cost(_ score: PointScore) -> Double {
    score.median(\.firstTokenSeconds) + score.mean(\.decodeSeconds)
  }

  /// What a point is taken to lose; dense loses nothing.
  private func loss(_ score: PointScore) -> LossEstimate.Loss {
    losses[score.point.name] ?? LossEstimate.Loss(likely: 0, upper: 0)
  }
}

extension PointScore {
  /// Accuracy lost against dense on the same samples; without right answers, every changed answer is lost.
  fileprivate func measuredLoss(beside dense: PointScore) -> LossEstimate.Measurement {
    let graded = zip(samples, dense.samples).compactMap { own, dense in
      own.correct.flatMap { correct in dense.correct.map { ($0 ? 1.0 : 0) - (correct ? 1.0 : 0) } }
    }
    let losses = graded.isEmpty ? samples.map { $0.agrees ? 0 : 1 } : graded
    return LossEstimate.Measurement(
      loss: Statistics.mean(losses),
      standardError: Statistics.deviation(losses) / Double(max(1, losses.count)).squareRoot(),
      divergence: Divergences.even(samples.map(\.divergence)))
  }
}
