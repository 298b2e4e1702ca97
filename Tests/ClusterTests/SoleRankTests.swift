import Cluster
import TestSupport
import Testing

/// A process that works alone needs nobody.
@Suite(.endsWithin(minutes: 1)) struct SoleRankTests {
  @Test func `it is the first of one`() {
    let rank = SoleRank()
    #expect(rank.count == 1 && rank.own == 0 && rank.neighbours == [0])
  }

  @Test(arguments: [0, 1, 1000]) func `what it gives comes back`(size: Int) throws {
    let ranks: any Ranks = SoleRank()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    try ranks.beat()
    #expect(try ranks.gather(bytes) == [bytes])
  }
}
