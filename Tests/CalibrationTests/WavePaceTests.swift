import Testing
import TestSupport

@testable import Calibration

/// How many samples ranks run before they wait for each other.
@Suite(.endsWithin(minutes: 1)) struct WavePaceTests {
  @Test(arguments: [1, 2, 7]) func `as long as nothing is known each rank runs one sample`(ranks: Int) {
    #expect(WavePace().size(ranks: ranks, steps: 0) == ranks)
    #expect(WavePace().size(ranks: ranks, steps: 40) == ranks)
  }

  @Test func `a wave takes ten seconds`() {
    var pace = WavePace()
    // Two seconds for four samples of five steps each: a tenth of a second a step.
    pace.note(2, samples: 8, ranks: 2, steps: 5)
    #expect(pace.size(ranks: 2, steps: 5) == 2 * 20)
    #expect(pace.size(ranks: 3, steps: 5) == 3 * 20)
    #expect(pace.size(ranks: 2, steps: 10) == 2 * 10 && pace.size(ranks: 2, steps: 1) == 2 * 100)
    #expect(pace.size(ranks: 2, steps: 0) == pace.size(ranks: 2, steps: 1))
  }

  @Test func `each rank has work in every wave, and never more than may be lost`() {
    var pace = WavePace()
    pace.note(1e9, samples: 1, ranks: 1, steps: 1)
    #expect(pace.size(ranks: 3, steps: 100) == 3)
    for seconds in [0, 1e-12] {
      pace.note(seconds, samples: 3, ranks: 3, steps: 1)
      #expect((3...3 * 4096).contains(pace.size(ranks: 3, steps: 1)))
    }
  }

  @Test func `the last wave alone counts`() {
    var pace = WavePace()
    pace.note(100, samples: 1, ranks: 1, steps: 1)
    pace.note(0.1, samples: 1, ranks: 1, steps: 1)
    #expect(pace.size(ranks: 1, steps: 1) == 100)
  }
}
