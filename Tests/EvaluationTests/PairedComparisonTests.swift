@testable import Evaluation
import Compute
import Inference
import TestSupport
import Testing

/// The statistics against known cases.
@Suite(.endsWithin(minutes: 1)) struct PairedComparisonTests {
  @Test func `an identical system shows p = 1 and an interval around 0`() {
    let answers = (0..<600).map { Double($0 * 7 % 10 < 9 ? 1 : 0) }
    let comparison = PairedComparison(answers, answers, clusters: clusters(600))
    #expect(comparison.difference == 0 && comparison.interval == [0, 0] && comparison.pValue == 1)
    #expect(comparison.wins == 0 && comparison.losses == 0 && !comparison.isClear)
  }

  /// A paired loss of 5 points on 600 questions, 7 points lost and 2 won: found in at least 95 of 100 sets.
  @Test func `a planted loss of five points is found with a power of 95 %`() {
    var found = 0
    for seed in 0..<100 {
      let (dense, pruned) = answers(count: 600, lost: 0.07, won: 0.02, seed: UInt64(seed))
      let comparison = PairedComparison(pruned, dense, clusters: clusters(600))
      if comparison.isClear, comparison.difference < 0, comparison.pValue < 0.05 { found += 1 }
    }
    #expect(found >= 95)
  }

  @Test func `without a loss, at most one set in ten shows one`() {
    var found = 0
    for seed in 0..<100 {
      let (dense, pruned) = answers(count: 600, lost: 0.03, won: 0.03, seed: 1000 + UInt64(seed))
      if PairedComparison(pruned, dense, clusters: clusters(600)).isClear { found += 1 }
    }
    #expect(found <= 10)
  }

  @Test func `pictures that err together make the interval wider`() {
    // Four questions a picture, all lost or none.
    let dense = Array(repeating: 1.0, count: 400)
    let pruned = (0..<400).map { $0 / 4 % 10 == 0 ? 0.0 : 1 }
    let together = PairedComparison(pruned, dense, clusters: clusters(400))
    let alone = PairedComparison(pruned, dense, clusters: (0..<400).map { "\($0)" })
    let widths = [together, alone].map { $0.interval[1] - $0.interval[0] }
    #expect(widths[0] > 1.5 * widths[1])
  }

  @Test func `p-values are those of the binomial`() {
    // scipy.stats.binomtest(k, n, 0.5).pvalue
    for (wins, losses, expected) in [
      (0, 0, 1.0), (1, 0, 1.0), (0, 5, 0.0625), (5, 5, 1.0), (2, 10, 0.03857421875), (30, 60, 0.00206026568),
      (400, 300, 0.00017847632),
    ] {
      #expect(
        abs(Statistics.exactMcNemar(wins: wins, losses: losses) - expected) < 1e-4 * max(expected, 1e-3))
      #expect(
        Statistics.exactMcNemar(wins: wins, losses: losses)
          == Statistics.exactMcNemar(wins: losses, losses: wins))
    }
  }

  @Test func `means over seeds have an interval and no p-value`() {
    let comparison = PairedComparison([1, 0.4, 0.6], [0.5, 0.5, 0.5], clusters: ["a", "b", "c"])
    #expect(comparison.pValue.isNaN && comparison.wins == 2 && comparison.losses == 1)
  }

  private func clusters(_ count: Int) -> [String] { (0..<count).map { "picture \($0 / 4)" } }

  private func answers(count: Int, lost: Double, won: Double, seed: UInt64) -> ([Double], [Double]) {
    var generator = SplitMix64(seed: seed)
    var (dense, pruned): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      let place = generator.nextUnit()
      dense.append(place < lost ? 1 : place < lost + won ? 0 : 1)
      pruned.append(place < lost ? 0 : 1)
    }
    return (dense, pruned)
  }
}
