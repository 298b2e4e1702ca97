import Testing
import TestSupport

@testable import Calibration

/// Thresholds from what a calibration set has.
@Suite(.endsWithin(minutes: 1)) struct ThresholdTests {
  @Test(arguments: [1, 2, 3, 10, 101]) func `a share of the values reaches its threshold`(count: Int) {
    let values = (1...count).map { Double($0) }.reversed()
    let shares = [1, 0.9, 0.5, 0.25, 0.1, 0]
    for share in shares {
      for threshold in Array(values).thresholds(reachedBy: [share]) {
        let reaching = values.count { $0 >= threshold }
        #expect(abs(Double(reaching) - share * Double(count)) <= 0.5)
        #expect(!values.contains(threshold))
      }
    }
    let all = Array(values).thresholds(reachedBy: shares + shares)
    #expect(all == Set(all).sorted())
  }

  @Test func `what leaves nothing out is no threshold`() {
    #expect([Double]().thresholds(reachedBy: [0.5]).isEmpty)
    #expect([2.0, 2.0].thresholds(reachedBy: [1]).isEmpty)
    #expect([0.0, 0.0, 0.0].thresholds(reachedBy: [0.5]).isEmpty)
    #expect([0.0, .infinity].thresholds(reachedBy: [0.5]).isEmpty)
  }
}
