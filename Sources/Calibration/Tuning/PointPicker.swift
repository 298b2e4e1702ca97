import Evaluation
import PlanFormat

/// Picks points from scores on the whole validation split. The first score is dense.
struct PointPicker {
  private let scores: [PointScore]
  private let fixed: FixedCosts

  init(_ scores: [PointScore], _ fixed: FixedCosts) {
    self.scores = scores
    self.fixed = fixed
  }

  /// The best score for a budget: the fastest within its loss that meets its other demands; where none does both, the
  /// one within the loss with the smallest cache. Without a loss, the least harm that meets the demands, or the fastest.
  func best(for budget: PointBudget) -> PointScore {
    let fitting = scores.filter { fits($0, budget) }
    guard let maximumLoss = budget.maximumLoss else {
      return fitting.min { loss($0) < loss($1) } ?? scores.min { cost($0) < cost($1) } ?? scores[0]
    }
    let affordable = scores.filter { loss($0) <= maximumLoss + 1e-9 }.sorted { cost($0) < cost($1) }
    return affordable.first { fits($0, budget) }
      ?? affordable.min { $0.mean(\.visualEntryShare) < $1.mean(\.visualEntryShare) } ?? scores[0]
  }

  /// Scores that no other beats in divergence, prefill and memory, from careful to bold.
  var front: [PointScore] {
    let figures = scores.map {
      [$0.divergence, $0.median(\.prefillSeconds), $0.mean(\.visualEntryShare)]
    }
    return scores.indices.filter { own in
      !figures.contains { other in
        zip(other, figures[own]).allSatisfy { $0 <= $1 } && other != figures[own]
      }
    }.sorted { figures[$0][0] < figures[$1][0] }.map { scores[$0] }
  }

  private func fits(_ score: PointScore, _ budget: PointBudget) -> Bool {
    budget.allows(
      prefill: score.median(\.prefillSeconds), step: score.decodeSecondsPerToken,
      entryShare: score.mean(\.visualEntryShare), kvBytes: score.mean(\.kvBytes), fixed)
  }

  /// What a point costs: seconds of prefill and of decoding an answer.
  private func cost(_ score: PointScore) -> Double {
    score.median(\.prefillSeconds) + score.mean(\.decodeSeconds)
  }

  /// What a point is taken to lose: the lost accuracy and half of its standard error, but at least a quarter of the
  /// answers that changed. The fastest of many candidates is often the luckiest one, and on a few hundred samples
  /// changed answers that happen to be right are luck too. Without right answers, every changed answer is lost.
  private func loss(_ score: PointScore) -> Double {
    let dense = scores[0]
    let changed = 1 - score.agreement
    if dense.accuracy.isNaN { return changed }
    let losses = zip(score.samples, dense.samples).compactMap { own, dense in
      own.correct.flatMap { correct in dense.correct.map { ($0 ? 1.0 : 0) - (correct ? 1.0 : 0) } }
    }
    let standardError = Statistics.deviation(losses) / Double(max(1, losses.count)).squareRoot()
    return max(Statistics.mean(losses) + 0.5 * standardError, changed / 4)
  }
}
