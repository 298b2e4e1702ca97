import Cluster
import TestSupport
import Testing

/// Threads that play processes keep what processes promise.
@Suite(.endsWithin(minutes: 1)) struct ThreadRanksTests {
  @Test(arguments: [1, 2, 3, 8]) func `all get what each gives, by number, every time`(count: Int) throws {
    let sums = try ThreadRanks.run(count: count) { ranks in
      var sum = 0
      for round in 0..<200 {
        try ranks.beat()
        let gathered = try ranks.gather(Array(repeating: UInt8(ranks.own), count: (round + ranks.own) % 3))
        for (rank, bytes) in gathered.enumerated() {
          #expect(bytes == Array(repeating: UInt8(rank), count: (round + rank) % 3))
        }
        sum += gathered.count
      }
      return sum + ranks.own
    }
    #expect(sums == (0..<count).map { 200 * count + $0 })
  }

  @Test func `machines share their threads out`() throws {
    let neighbours = try ThreadRanks.run(count: 5, machines: 2) { $0.neighbours }
    #expect(neighbours == [[0, 1, 2], [0, 1, 2], [0, 1, 2], [3, 4], [3, 4]])
    #expect(try ThreadRanks.run(count: 2) { $0.neighbours } == [[0, 1], [0, 1]])
  }

  @Test func `an error of one ends the others' waiting and work, and is what comes out`() {
    #expect(throws: ClusterError("mine")) {
      try ThreadRanks.run(count: 3) { ranks in
        if ranks.own == 1 { throw ClusterError("mine") }
        if ranks.own == 2 { while true { try ranks.beat() } }
        _ = try ranks.gather([])
      }
    }
  }

  @Test func `one that gives less often than the others is an error`() {
    #expect(throws: ClusterError("rank 0 has ended")) {
      try ThreadRanks.run(count: 2) { ranks in
        if ranks.own == 1 { _ = try ranks.gather([]) }
      }
    }
  }
}
