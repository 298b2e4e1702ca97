/// Candidates that are compared over samples in heats: those that can no longer win leave a heat, and cost no more.
///
/// A loss is never negative, so that a sum over some samples is a bound of the sum over all: once it passes what another
/// candidate lost on all of them, the order cannot change. Hard samples run first, as they tell candidates apart. Where
/// samples are alike, a few of them say what a candidate loses, and it runs on no more.
struct Race<Candidate: Codable, Value: Codable>: Codable {
  /// A candidate, and what it did on the samples it ran on, by place.
  struct Runner: Codable {
    var candidate: Candidate
    var values: [Int: Value] = [:]
    /// Whether it was given up.
    var hasLeft = false
    /// Whether more samples would tell nothing new of it.
    var isTold: Bool?
  }

  /// Candidates that run side by side.
  struct Heat: Codable {
    /// Numbers of the runners.
    var active: [Int]
    /// Places of the samples that they run on, in this order.
    var places: [Int]
    /// Those that are behind them.
    var done = 0
    /// Whether nobody leaves before the end, as there is nobody to be behind.
    var isWhole: Bool?
    /// Whether the samples come as the pool has them, of which any first ones are spread over the set.
    var isSpread: Bool?
    /// What is known of the next ones: a value for each active runner, by place.
    var known: [Int: [Value]] = [:]
  }

  /// All that take part, in the order in which they were entered.
  private(set) var runners: [Runner]
  private var heat: Heat?
  private(set) var isOver = false
  /// Samples that the race goes over.
  private(set) var count = 0

  /// Samples behind which candidates may leave.
  static var rung: Int { SampleOrder.block }

  init(_ candidates: [Candidate]) { runners = candidates.map { Runner(candidate: $0) } }

  /// Whether a runner ran on all samples.
  func ranOnAll(_ number: Int) -> Bool { runners[number].values.count == count && count > 0 }

  /// Whether a runner ran on all samples, or on as many as tell of it.
  func isFinished(_ number: Int) -> Bool { ranOnAll(number) || runners[number].isTold == true }

  /// Numbers of those that are finished.
  var finished: [Int] { runners.indices.filter(isFinished) }

  /// The finished, where all of them ran on all samples and so say which are the hard ones.
  var judges: [Int]? {
    let finished = finished
    return finished.isEmpty || !finished.allSatisfy(ranOnAll) ? nil : finished
  }

  /// Numbers of those that a runner is compared with: whoever is still there and ran on all of its samples.
  func rivals(of number: Int) -> [Int] {
    let places = runners[number].values.keys
    return runners.indices.filter { other in
      other != number && !runners[other].hasLeft
        && (isFinished(other) || places.allSatisfy { runners[other].values[$0] != nil })
    }
  }

  /// Runs what is left of the race over the first `count` samples of a pool.
  ///
  /// - Parameters:
  ///   - isExhaustive: whether all run on all samples.
  ///   - next: who runs next and on which samples; `nil` to end.
  ///   - figures: what has to be known of a runner, none of it negative.
  ///   - leaves: whether a runner can no longer win.
  ///   - body: values of some candidates on a sample.
  mutating func run(
    over count: Int, of pool: SamplePool, isExhaustive: Bool, reporter: any ProgressReporter,
    save: (Self) throws -> Void, next: (Self) -> Heat?, figures: (Value) -> [Double],
    leaves: (Self, Int) -> Bool,
    _ body: (_ place: Int, _ candidates: [Candidate]) throws -> [Value]
  ) throws {
    self.count = count
    while !isOver {
      if heat == nil {
        heat = isExhaustive ? everything : next(self)
        if heat == nil { isOver = true }
      }
      while var heat, heat.done < heat.places.count, !heat.active.isEmpty {
        // A shard comes back to nothing, and does what nobody leaves.
        let isWhole = isExhaustive || heat.isWhole == true && !pool.share.isWhole
        let places = Array(heat.places[heat.done...].prefix(isWhole ? count : Self.rung))
        let candidates = heat.active.map { runners[$0].candidate }
        let found = try pool.results(
          at: places, known: heat.known, steps: heat.active.count, reporter: reporter,
          save: { known in
            self.heat?.known = known
            try save(self)
          }, { try body($0, candidates) })
        for (place, values) in zip(places, found) {
          for (number, value) in zip(heat.active, values) { runners[number].values[place] = value }
        }
        // Another shard may have run on more than this.
        for place in places { heat.known[place] = nil }
        heat.done += places.count
        if !isExhaustive {
          if heat.isWhole != true {
            let leaving = heat.active.filter { !isFinished($0) && leaves(self, $0) }
            for number in leaving { runners[number].hasLeft = true }
            heat.active.removeAll(where: leaving.contains)
          }
          if heat.isSpread == true {
            let told = heat.active.filter { isTold($0, figures) }
            for number in told { runners[number].isTold = true }
            heat.active.removeAll(where: told.contains)
          }
        }
        self.heat = heat
        try save(self)
      }
      heat = nil
      try save(self)
    }
  }

  /// Whether the first samples of the pool tell all that has to be known of a runner.
  private func isTold(_ number: Int, _ figures: (Value) -> [Double]) -> Bool {
    let values = runners[number].values
    let first = (0..<values.count).compactMap { values[$0].map(figures) }
    guard first.count == values.count, let one = first.first else { return false }
    return one.indices.allSatisfy { figure in Lead.isKnown(first.map { $0[figure] }) }
  }

  private var everything: Heat? {
    let left = runners.indices.filter { !isFinished($0) }
    return left.isEmpty ? nil : Heat(active: left, places: Array(0..<count))
  }

  /// Takes in results of samples that another shard found in the same heat.
  mutating func merge(_ other: Self) {
    heat?.known.merge(other.heat?.known ?? [:]) { own, _ in own }
  }

  /// A heat of some runners over all samples that they have not run on, the hardest first where it is known which are.
  func heat(of numbers: [Int], difficulty: [Double]? = nil) -> Heat? {
    guard let first = numbers.first else { return nil }
    let order = difficulty.map(SampleOrder.hardestFirst) ?? Array(0..<count)
    let places = order.filter { runners[first].values[$0] == nil }
    return places.isEmpty ? nil : Heat(active: numbers, places: places, isSpread: difficulty == nil)
  }

  /// What a runner lost on samples, in the order of their places.
  func losses(_ number: Int, _ loss: (Value) -> Double) -> [Double] {
    runners[number].values.sorted { $0.key < $1.key }.map { loss($0.value) }
  }

  /// Whether a runner loses more than another beyond doubt: more on some samples than the other on all, or surely more on
  /// each of them.
  func isBehind(_ number: Int, _ other: Int, _ loss: (Value) -> Double) -> Bool {
    let own = runners[number].values
    let theirs = runners[other].values
    if ranOnAll(other), losses(number, loss).reduce(0, +) > losses(other, loss).reduce(0, +) { return true }
    let common = own.keys.sorted().filter { theirs[$0] != nil }
    guard common.count == own.count || runners[other].isTold == true else { return false }
    return Lead(
      common.compactMap { own[$0].map(loss) }, common.compactMap { theirs[$0].map(loss) }
    ).isSure
  }
}
