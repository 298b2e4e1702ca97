import Compute
import Evaluation
import Inference
import TestSupport
import Testing

/// Figures over samples.
@Suite(.endsWithin(minutes: 1)) struct StatisticsTests {
  @Test func `known means, medians and deviations`() {
    #expect(Statistics.mean([1, 2, 6]) == 3)
    #expect(Statistics.median([9, 1, 5]) == 5)
    #expect(Statistics.median([9, 1, 5, 6]) == 5.5)
    #expect(Statistics.deviation([2, 4, 4, 4, 5, 5, 7, 9]) == 2)
    #expect(Statistics.deviation([3]) == 0)
  }

  @Test func `of nothing there is no figure`() {
    #expect(Statistics.mean([]).isNaN && Statistics.median([]).isNaN && Statistics.deviation([]).isNaN)
    #expect(Statistics.interval([], clusters: []).allSatisfy { $0.isNaN })
  }

  @Test func `equal values have an interval without width`() {
    let clusters = (0..<30).map { "c\($0 / 3)" }
    #expect(Statistics.interval(Array(repeating: 0.75, count: 30), clusters: clusters) == [0.75, 0.75])
  }

  @Test func `one cluster says nothing about others: its mean twice`() {
    #expect(Statistics.interval([0, 1, 2], clusters: ["a", "a", "a"]) == [1, 1])
  }

  @Test func `an interval holds the mean, within the values, in order`() {
    for seed in 0..<20 as Range<UInt64> {
      let values = draws(60, seed: seed)
      let interval = Statistics.interval(values, clusters: singles(60), seed: seed)
      let mean = Statistics.mean(values)
      #expect(interval[0] <= mean && mean <= interval[1])
      #expect(interval[0] >= (values.min() ?? 0) && interval[1] <= (values.max() ?? 0))
    }
  }

  @Test func `the interval of many draws is near the normal one`() {
    let values = draws(400, seed: 3)
    let interval = Statistics.interval(values, clusters: singles(400), resamples: 2000)
    let expected = 2 * 1.96 * Statistics.deviation(values) / 20
    #expect(abs((interval[1] - interval[0]) / expected - 1) < 0.15)
  }

  @Test func `more samples narrow the interval`() {
    let few = Statistics.interval(draws(25, seed: 1), clusters: singles(25))
    let many = Statistics.interval(draws(900, seed: 1), clusters: singles(900))
    #expect(width(many) < width(few) / 3)
  }

  @Test func `clusters that agree widen the interval`() {
    // Ten pictures with eight questions each, all answered alike.
    let values = (0..<80).map { Double($0 / 8 % 2) }
    let clustered = Statistics.interval(values, clusters: (0..<80).map { "picture \($0 / 8)" })
    let apart = Statistics.interval(values, clusters: singles(80))
    #expect(width(clustered) > 2 * width(apart))
  }

  @Test func `a seed decides the interval, the order of the samples does not`() {
    let values = draws(40, seed: 9)
    let clusters = (0..<40).map { "c\($0 % 13)" }
    let interval = Statistics.interval(values, clusters: clusters, seed: 4)
    #expect(Statistics.interval(values, clusters: clusters, seed: 4) == interval)
    #expect(Statistics.interval(values, clusters: clusters, seed: 5) != interval)
    let backwards = Statistics.interval(values.reversed(), clusters: clusters.reversed(), seed: 4)
    #expect(zip(interval, backwards).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  private func draws(_ count: Int, seed: UInt64) -> [Double] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in generator.nextUnit() }
  }

  private func singles(_ count: Int) -> [String] { (0..<count).map { "\($0)" } }
  private func width(_ interval: [Double]) -> Double { interval[1] - interval[0] }
}
