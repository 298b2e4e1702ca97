import Evaluation
import Inference
import Models
import Plan

/// The greedy ranking of layers (section 2 of the methods).
///
/// In each round every unranked layer is tried on top of the ranked ones, and the one that hurts least is appended.
/// A reduction changes nothing before its layer: each sample's residual stream is kept at the layer boundaries, and
/// a trial runs only from its layer on.
struct LayerRankingSearch {
  /// What is reduced in a ranked layer.
  enum Kind: String, Codable {
    case feedForward, attention
  }

  /// The ranking so far.
  struct Progress: Codable {
    var ranked: [Int] = []
    var divergence: [Double] = []
    /// The round at hand, where it has begun.
    var round: Race<Int, Double>?
    /// What each layer was last seen to harm, on top of those ranked by then: a bound where it left early.
    var lastSeen: [Int: Double] = [:]
    /// How much the layers harm each sample, summed over the rounds: which are the hard ones.
    var difficulty: [Double] = []
  }

  /// Layers whose share of what they were last seen to harm is more than another one's harm are not tried in a round: on top
  /// of more layers they harm more.
  private static let cautiousShare = 0.3

  let kind: Kind
  let context: Context
  let options: CalibrationOptions
  let window: Int

  private var layers: Int { context.model.text.layers }

  /// The layers that can be reduced so, ascending.
  var candidates: [Int] {
    kind == .attention ? context.model.text.attentionLayers : Array(0..<layers)
  }

  /// Ranks all layers, starting from `progress`, on the first `count` samples; `save` is called with states to go on from:
  /// a round of a large model takes an hour, so there is one after each sample.
  func rank(
    _ samples: SamplePool, first count: Int, from progress: Progress, reporter: any ProgressReporter,
    save: (Progress) throws -> Void
  ) throws -> Progress {
    var state = progress
    let boundaries = LayerBoundaries(samples)
    let candidates = candidates
    let prior = candidates.suffix(options.priorLayers).reversed()
    for layer in prior.dropFirst(state.ranked.count) {
      try rankNext([layer], &state, boundaries, count, reporter, save)
    }
    while state.ranked.count < candidates.count {
      let unranked = candidates.filter { !state.ranked.contains($0) }
      try rankNext(unranked, &state, boundaries, count, reporter, save)
    }
    return state
  }

  /// Plays one round among some layers, or the rest of one.
  private func rankNext(
    _ unranked: [Int], _ state: inout Progress, _ boundaries: LayerBoundaries, _ count: Int,
    _ reporter: any ProgressReporter, _ save: (Progress) throws -> Void
  ) throws {
    let ranked = state.ranked
    let before = state
    var saved = state
    var round = state.round ?? Race(unranked)
    let likeliest = Self.likeliest(unranked, before)
    try round.run(
      over: count, of: boundaries.samples, isExhaustive: options.isExhaustive, reporter: reporter,
      save: {
        saved.round = $0
        try save(saved)
      }, next: { Self.next($0, before) }, figures: { [$0] },
      leaves: { round, layer in
        round.rivals(of: layer).contains { round.isBehind(layer, $0, { $0 }) }
      }
    ) { place, layers in
      try boundaries.update(place, to: schedule(ranked))
      return try layers.map { layer in
        try reporter.advance(by: 0)
        return try boundaries.divergence(
          place, from: layer, schedule: schedule(ranked + [layer]), isLikely: layer == likeliest)
      }
    }
    state.take(round)
    try save(state)
  }

  /// The layer that hurt least when it was last tried; without anything known, the deepest.
  private static func likeliest(_ unranked: [Int], _ before: Progress) -> Int? {
    unranked.min { left, right in
      (before.lastSeen[left] ?? 0, -left) < (before.lastSeen[right] ?? 0, -right)
    }
  }

  /// First the layer that is likeliest to hurt least; then all that may still hurt less than it.
  private static func next(_ round: Race<Int, Double>, _ before: Progress) -> Race<Int, Double>.Heat? {
    let difficulty = before.difficulty.isEmpty ? nil : before.difficulty
    guard let found = round.finished.first else {
      let likeliest = likeliest(round.runners.map(\.candidate), before)
      let number = round.runners.firstIndex { $0.candidate == likeliest }
      var heat = number.flatMap { round.heat(of: [$0], difficulty: difficulty) }
      heat?.isWhole = true
      return heat
    }
    let harm = Statistics.mean(round.losses(found) { $0 })
    let rest = round.runners.indices.filter { number in
      let lastSeen = before.lastSeen[round.runners[number].candidate] ?? 0
      return round.runners[number].values.isEmpty && cautiousShare * lastSeen <= harm
    }
    let own = round.ranOnAll(found) ? (0..<round.count).map { round.runners[found].values[$0] ?? 0 } : nil
    return round.heat(of: rest, difficulty: difficulty ?? own)
  }

  /// Dense but for the given layers.
  func schedule(_ reduced: [Int]) -> Schedule {
    var schedule = Schedule(layers: layers)
    for layer in reduced {
      switch kind {
      case .feedForward:
        schedule.layers[layer].neurons = .probed(NeuronProbe(neuronShare: options.neuronShare))
      case .attention: schedule.layers[layer].attentionWindow = window
      }
    }
    return schedule
  }

  /// Divergence when the FFN of the text rows is reduced in all layers instead: the control experiment.
  func textRowDivergence(_ samples: SamplePool, first count: Int) throws -> Double {
    var schedule = Schedule(layers: layers)
    for layer in 0..<layers {
      schedule.layers[layer].neurons = .probed(
        NeuronProbe(neuronShare: options.neuronShare, reducesText: true))
    }
    return try divergence(of: schedule, samples, count)
  }

  /// Divergence with leading neurons in all layers.
  func leadingDivergence(share: Double, _ samples: SamplePool, first count: Int) throws -> Double {
    var schedule = Schedule(layers: layers)
    for layer in 0..<layers { schedule.layers[layer].neurons = .leading(share: share) }
    return try divergence(of: schedule, samples, count)
  }

  private func divergence(of schedule: Schedule, _ samples: SamplePool, _ count: Int) throws -> Double {
    let found = try samples.results(at: 0..<count, steps: 0, reporter: SilentProgress()) { place in
      let sample = try samples.sample(place)
      return sample.divergence(
        of: try context.prefill(sample.forced(context), schedule: schedule), context)
    }
    return Statistics.mean(found)
  }
}

extension LayerRankingSearch.Progress {
  /// Appends the layer that a round found.
  fileprivate mutating func take(_ round: Race<Int, Double>) {
    // Ties go to the deeper layer.
    func harm(_ number: Int) -> Double { Statistics.mean(round.losses(number) { $0 }) }
    let best = round.finished.min {
      (harm($0), -round.runners[$0].candidate) < (harm($1), -round.runners[$1].candidate)
    }
    if let best {
      ranked.append(round.runners[best].candidate)
      divergence.append(harm(best))
      if round.ranOnAll(best) {
        let own = (0..<round.count).map { round.runners[best].values[$0] ?? 0 }
        difficulty = difficulty.isEmpty ? own : zip(difficulty, own).map { $0 + $1 }
      }
    }
    for (number, runner) in round.runners.enumerated() where !runner.values.isEmpty {
      // What a few hard samples lose is a bound.
      lastSeen[runner.candidate] =
        round.isFinished(number)
        ? harm(number) : runner.values.values.sorted().reduce(0, +) / Double(round.count)
    }
    self.round = nil
  }
}
