import Evaluation
import Glibc
import Inference
import Plan

/// The races of a search for token pruning's settings, and how the candidates of all of them compare.
struct TransportRaces {
  typealias Trials = TransportCostSearch.Trials

  /// Races in the order in which they were held.
  private(set) var held: [Trials]
  /// Races that this search has asked for.
  private var asked = 0
  private let samples: SamplePool
  private let options: CalibrationOptions
  private let reporter: any ProgressReporter
  private var states: [Int: PruneStates] = [:]

  init(
    _ held: [Trials], _ samples: SamplePool, _ options: CalibrationOptions, _ reporter: any ProgressReporter
  ) {
    self.held = held
    self.samples = samples
    self.options = options
    self.reporter = reporter
  }

  /// Holds a race, or goes on with one that was begun.
  ///
  /// - Parameters:
  ///   - likely: candidates that run first; the others must still be able to beat them.
  ///   - incumbent: settings that ran on all samples; whoever loses more than `share` of what they lose leaves.
  mutating func hold(
    _ candidates: [TokenPruning], likely: [TokenPruning] = [], beside incumbent: TokenPruning? = nil,
    share: Double = 1, save: ([Trials]) throws -> Void
  ) throws {
    let number = asked
    asked += 1
    if held.count == number { held.append(Race(candidates.filter { runner(of: $0) == nil })) }
    var race = held[number]
    if race.isOver || race.runners.isEmpty {
      try reporter.advance(by: race.runners.reduce(0) { $0 + $1.values.count })
      return
    }
    let bound = incumbent.flatMap(runner).map {
      Bound(values: $0.values, share: share, isTold: $0.isTold == true)
    }
    // What other layers needed goes.
    states = states.filter { known in candidates.contains { $0.layer == known.key } }
    for layer in Set(candidates.map(\.layer)) where states[layer] == nil {
      states[layer] = PruneStates(samples, layer: layer)
    }
    let states = states
    try race.run(
      over: samples.count, of: samples, isExhaustive: options.isExhaustive, reporter: reporter,
      save: { race in
        held[number] = race
        try save(held)
      }, next: { Self.next($0, likely, bound) }, figures: { $0 }, leaves: { Self.leaves($0, $1, bound) }
    ) { place, candidates in
      try candidates.map { candidate in
        try options.keepRatios.map { ratio in
          var trial = candidate
          trial.keepRatio = ratio
          try reporter.advance(by: 0)
          return try states[candidate.layer]?.divergence(of: trial, at: place) ?? .nan
        }
      }
    }
    held[number] = race
  }

  /// What candidates must lose less than.
  private struct Bound {
    var values: [Int: [Double]]
    var share: Double
    /// Whether that is known of some samples only.
    var isTold: Bool
  }

  /// First what is likely to win, then all others.
  private static func next(_ race: Trials, _ likely: [TokenPruning], _ bound: Bound?) -> Trials.Heat? {
    let waiting = race.runners.indices.filter { race.runners[$0].values.isEmpty }
    let first = waiting.filter { likely.contains(race.runners[$0].candidate) }
    if bound == nil, !first.isEmpty { return race.heat(of: first) }
    let known: [[Int: [Double]]]? =
      if let bound { bound.isTold ? nil : [bound.values] } else {
        race.judges?.map { race.runners[$0].values }
      }
    let difficulty = known.map { known in
      (0..<race.count).map { place in known.reduce(0) { $0 + ($1[place] ?? []).reduce(0, +) } }
    }
    return race.heat(of: waiting, difficulty: difficulty)
  }

  /// Whether a candidate is behind as many of its kind as go on, or behind what it is to replace.
  private static func leaves(_ race: Trials, _ own: Int, _ bound: Bound?) -> Bool {
    let values = race.runners[own].values
    if let bound { return isBehind(values, bound, race.count) }
    func isBaseline(_ number: Int) -> Bool { race.runners[number].candidate.rule.isBaseline }
    let ahead = race.rivals(of: own).filter { other in
      guard isBaseline(other) == isBaseline(own) else { return false }
      let theirs = race.runners[other].values
      return race.ranOnAll(other)
        ? isBehind(values, Bound(values: theirs, share: 1, isTold: false), race.count)
        : isSurelyBehind(values, theirs)
    }
    // Two rules of transport are improved; the best baseline goes on as it is.
    return ahead.count >= (isBaseline(own) ? 1 : 2)
  }

  /// Whether what a candidate lost on some of `count` samples is more than the bound on all, or surely more on each.
  private static func isBehind(_ own: [Int: [Double]], _ bound: Bound, _ count: Int) -> Bool {
    let theirs = means(bound.values)
    // On samples it did not run on it may lose nothing.
    let atLeast = means(own).map { $0 * Double(own.count) / Double(max(1, count)) }
    if score(atLeast) > bound.share * score(theirs) { return true }
    // A weight that changes nothing has nothing to win.
    let isSame =
      bound.share == 1 && own.count >= fewestSame
      && own.allSatisfy { bound.values[$0] == $1 || bound.isTold && bound.values[$0] == nil }
    return isSame || isSurelyBehind(own, bound.values, share: bound.share)
  }

  /// Whether a candidate surely loses more than a share of what another loses, on the samples of the first.
  private static func isSurelyBehind(
    _ own: [Int: [Double]], _ other: [Int: [Double]], share: Double = 1
  ) -> Bool {
    let places = own.keys.sorted().filter { other[$0] != nil }
    let theirs = means(other.filter { own[$0.key] != nil })
    func relative(_ values: [Double]?) -> Double {
      zip(values ?? [], theirs).reduce(0) { $0 + $1.0 / max($1.1, least) }
    }
    return Lead(places.map { relative(own[$0]) }, places.map { share * relative(other[$0]) }).isSure
  }

  /// Samples that say that a weight changes nothing.
  private static let fewestSame = 16

  /// Divergences below this are taken to be nothing.
  private static let least = 1e-9

  /// The geometric mean of the divergences at all keep ratios: no ratio drowns another.
  private static func score(_ means: [Double]) -> Double {
    exp(Statistics.mean(means.map { log(max($0, least)) }))
  }

  /// Means over the samples, by ratio.
  private static func means(_ values: [Int: [Double]]) -> [Double] {
    let sorted = values.sorted { $0.key < $1.key }.map(\.value)
    return (sorted.first ?? []).indices.map { ratio in Statistics.mean(sorted.map { $0[ratio] }) }
  }

  private func runner(of settings: TokenPruning) -> Trials.Runner? {
    for race in held {
      if let found = race.runners.first(where: { $0.candidate == settings }) { return found }
    }
    return nil
  }

  /// What settings lose over all keep ratios; more than anything else where they left early.
  func score(_ settings: TokenPruning) -> Double {
    guard let own = runner(of: settings), own.isTold == true || own.values.count == samples.count else {
      return .infinity
    }
    return Self.score(Self.means(own.values))
  }

  /// The given settings, best first.
  func ranked(_ list: [TokenPruning]) -> [TokenPruning] {
    list.map { (settings: $0, score: score($0)) }.sorted { $0.score < $1.score }.map(\.settings)
  }

  /// All candidates at each keep ratio, with their mean divergences.
  var candidates: [CostCandidate] {
    held.flatMap(\.runners).flatMap { runner in
      zip(options.keepRatios, Self.means(runner.values)).map { ratio, divergence in
        var settings = runner.candidate
        settings.keepRatio = ratio
        return CostCandidate(settings: settings, divergence: divergence, samples: runner.values.count)
      }
    }
  }
}
