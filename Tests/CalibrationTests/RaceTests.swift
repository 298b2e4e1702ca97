import Compute
import Inference
import Testing
import TestSupport

@testable import Calibration

/// Candidates that are compared over samples, and leave once they cannot win.
@Suite(.endsWithin(minutes: 1)) struct RaceTests {
  private let pool: SamplePool

  init() throws {
    let context = try TinyModel.context()
    pool = try SamplePool(Array(repeating: try prepared(context), count: 40), context)
  }

  /// Losses of some candidates on each sample, with a long tail as divergences have it.
  private func losses(seed: UInt64, candidates: Int) -> [[Double]] {
    var generator = SplitMix64(seed: seed)
    func draw() -> Double { Double(generator.next() >> 11) / Double(1 << 53) }
    let hardness = (0..<pool.count).map { _ in
      let tail = draw()
      return tail * tail * tail * tail
    }
    return (0..<candidates).map { _ in
      let own = 0.5 + draw()
      return hardness.map { $0 * own * (0.7 + 0.6 * draw()) }
    }
  }

  /// Runs all candidates behind one that is guessed to win, and says how many runs that took.
  private func run(
    _ losses: [[Double]], guess: Int, exhaustive: Bool = false
  ) throws -> (race: Race<Int, Double>, runs: Int) {
    var race = Race<Int, Double>(Array(losses.indices))
    var runs = 0
    try race.run(
      over: pool.count, of: pool, isExhaustive: exhaustive, reporter: SilentProgress(), save: { _ in },
      next: { race in
        if race.finished.isEmpty { return race.heat(of: [guess]) }
        let rest = race.runners.indices.filter { race.runners[$0].values.isEmpty }
        return race.heat(of: rest, difficulty: race.judges == nil ? nil : losses[guess])
      }, figures: { [$0] },
      leaves: { race, own in race.finished.contains { race.isBehind(own, $0) { $0 } } }
    ) { place, candidates in
      runs += candidates.count
      return candidates.map { losses[$0][place] }
    }
    return (race, runs)
  }

  private func best(_ losses: [[Double]], among candidates: [Int]) -> Int? {
    candidates.min { losses[$0].reduce(0, +) < losses[$1].reduce(0, +) }
  }

  @Test(arguments: 0..<20) func `the winner is that of a full comparison, for fewer runs`(seed: UInt64) throws
  {
    let losses = losses(seed: seed, candidates: 12)
    let winner = try #require(best(losses, among: Array(losses.indices)))
    // A guess may be as wrong as it likes; a right one saves most.
    for guess in [0, 5, winner] {
      let (race, runs) = try run(losses, guess: guess)
      #expect(best(losses, among: race.finished) == winner)
      #expect(guess != winner || runs < 10 * pool.count, "\(runs) runs")
      for number in losses.indices {
        #expect(
          race.losses(number) { $0 } == race.runners[number].values.keys.sorted().map { losses[number][$0] })
      }
    }
  }

  @Test func `where samples are alike a few tell, and where tails are long none do`() throws {
    var generator = SplitMix64(seed: 4)
    func draw() -> Double { Double(generator.next() >> 11) / Double(1 << 53) }
    let alike = (0..<12).map { candidate in
      (0..<pool.count).map { _ in (1 + 0.2 * Double(candidate)) * (0.9 + 0.2 * draw()) }
    }
    let (race, runs) = try run(alike, guess: 0)
    #expect(race.finished == [0] && race.runners[0].isTold == true && runs < 3 * pool.count, "\(runs) runs")
    #expect(race.runners.dropFirst().allSatisfy { $0.hasLeft })
    for seed in 0..<20 as Range<UInt64> {
      #expect(
        try run(losses(seed: seed, candidates: 12), guess: 0).race.runners.allSatisfy { $0.isTold != true })
    }
    #expect(try run(alike, guess: 0, exhaustive: true).race.runners.allSatisfy { $0.isTold != true })
  }

  @Test func `a mean is known where its error is small beside it`() {
    func values(_ count: Int, deviation: Double) -> [Double] {
      (0..<count).map { 1 + ($0 % 2 == 0 ? deviation : -deviation) }
    }
    // 7 errors of 4 samples, 4 of 8.
    #expect(!Lead.isKnown(values(4, deviation: 0.03)) && Lead.isKnown(values(4, deviation: 0.02)))
    #expect(Lead.isKnown(values(8, deviation: 0.06)) && !Lead.isKnown(values(8, deviation: 0.07)))
    #expect(!Lead.isKnown([1]) && !Lead.isKnown([]) && !Lead.isKnown([0, 0, 0, 0]))
    #expect(Lead.samplesToKnow([1, 1, 1]) == 4 && Lead.samplesToKnow([0, 0]) > 10_000)
  }

  @Test func `without shortcuts all run on everything`() throws {
    let losses = losses(seed: 3, candidates: 5)
    let (race, runs) = try run(losses, guess: 0, exhaustive: true)
    #expect(runs == 5 * pool.count && race.finished == [0, 1, 2, 3, 4])
  }

  @Test func `equals stay to the end`() throws {
    let losses = Array(repeating: losses(seed: 1, candidates: 1)[0], count: 4)
    #expect(try run(losses, guess: 2).race.finished == [0, 1, 2, 3])
  }

  @Test(arguments: [1, 2, 7, 8, 9, 40, 80])
  func `samples are spread from the beginning on, each once`(count: Int) {
    let order = SampleOrder.spread(count)
    #expect(order.sorted() == Array(0..<count))
    // Of any first few, no gap is larger than three times what it would be if they were even.
    for few in 1...count {
      let marks = ([-1] + order.prefix(few).sorted() + [count])
      let gap = zip(marks, marks.dropFirst()).map { $1 - $0 }.max() ?? 0
      #expect(Double(gap) <= 3 * Double(count) / Double(few) + 2)
    }
  }

  @Test(arguments: [1, 3, 8, 21, 40]) func `hard samples come first, as many of each lane`(count: Int) {
    var generator = SplitMix64(seed: 9)
    let difficulty = (0..<count).map { _ in Double(generator.next() % 1000) }
    let order = SampleOrder.hardestFirst(difficulty)
    #expect(order.sorted() == Array(0..<count))
    let block = SampleOrder.block
    for start in stride(from: 0, to: count - block + 1, by: block) {
      #expect(Set(order[start..<start + block].map { $0 % block }).count == block)
    }
    for lane in 0..<block {
      let own = order.filter { $0 % block == lane }.map { difficulty[$0] }
      #expect(own == own.sorted(by: >))
    }
  }
}
