import Testing
import TestSupport

@testable import Calibration

/// How often settings are timed that take turns.
@Suite(.endsWithin(minutes: 1)) struct TimingTurnsTests {
  private let turns = TimingTurns(plan: 4, turns: 3)

  @Test func `what is quick warms up for a turn`() {
    for known in [[], [0.1, 0.1], [0.4, 0.4, 0.4, 0.4], [0.4, 0.4, 0.4, 0.4, 9, 9, 9, 9]] {
      #expect(turns.total(known) == 16 && turns.warmUp(known) == 1)
    }
    #expect(turns.total(ofSeconds: 0.4) == 16)
  }

  @Test func `what takes long is known by its first turn, and takes two`() {
    #expect(turns.total([9, 9, 9]) == 16, "the first turn is not over")
    for known in [[1, 1, 1, 1], [0, 0, 0, 4], [1, 1, 1, 1, 0, 0, 0, 0]] as [[Double]] {
      #expect(turns.total(known) == 8 && turns.warmUp(known) == 0)
    }
    #expect(turns.total(ofSeconds: 0.6) == 8)
  }

  @Test func `nothing takes no turn`() {
    let none = TimingTurns(plan: 0, turns: 3)
    #expect(none.total([]) == 0 && none.total(ofSeconds: 1) == 0)
  }
}
