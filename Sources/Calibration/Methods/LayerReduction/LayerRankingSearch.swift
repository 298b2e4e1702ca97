import Compute
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
  struct Progress: Codable, Equatable {
    var ranked: [Int] = []
    var divergence: [Double] = []
    /// The round at hand, where it has begun.
    var round: Round?
  }

  /// A round that is not over.
  struct Round: Codable, Equatable {
    /// Divergences with each layer on top of the ranked ones, `[L]`, summed over the first samples.
    var sums: [Double]
    /// Samples in the sums.
    var samples = 0
  }

  let kind: Kind
  let context: Context
  let options: CalibrationOptions
  let window: Int

  private var layers: Int { context.model.text.layers }

  /// Ranks all layers, starting from `progress`; `save` is called with states to go on from: a round
  /// of a large model takes an hour, so there is one after each sample.
  func rank(
    _ samples: [PreparedSample], from progress: Progress, reporter: any ProgressReporter,
    save: (Progress) throws -> Void
  ) throws -> Progress {
    var state = progress
    var boundaries = samples.map { Boundaries(sample: $0, context: context) }
    let prior = (max(0, layers - options.priorLayers)..<layers).reversed()
    for layer in prior.dropFirst(state.ranked.count) {
      state.ranked.append(layer)
      state.divergence.append(
        try meanDivergence(&boundaries, from: layer, schedule: schedule(state.ranked)))
      try save(state)
    }
    while state.ranked.count < layers { try rankNext(&state, &boundaries, reporter, save) }
    return state
  }

  /// Plays one round, or the rest of one.
  private func rankNext(
    _ state: inout Progress, _ boundaries: inout [Boundaries], _ reporter: any ProgressReporter,
    _ save: (Progress) throws -> Void
  ) throws {
    let ranked = state.ranked
    let unranked = (0..<layers).filter { !ranked.contains($0) }
    var round = state.round ?? Round(sums: Array(repeating: 0, count: layers))
    for index in boundaries.indices.dropFirst(round.samples) {
      try boundaries[index].update(to: schedule(ranked), context)
      for layer in unranked {
        round.sums[layer] += try boundaries[index].divergence(
          from: layer, schedule: schedule(ranked + [layer]), context)
      }
      round.samples += 1
      state.round = round
      try save(state)
      try reporter.advance(by: unranked.count)
    }
    // Ties go to the deeper layer.
    let best = unranked.min { (round.sums[$0], -$0) < (round.sums[$1], -$1) } ?? 0
    state.ranked.append(best)
    state.divergence.append(round.sums[best] / Double(max(1, boundaries.count)))
    state.round = nil
    try save(state)
  }

  private func meanDivergence(_ boundaries: inout [Boundaries], from layer: Int, schedule: Schedule)
    throws(InferenceError)
    -> Double
  {
    var sum = 0.0
    for index in boundaries.indices {
      sum += try boundaries[index].divergence(from: layer, schedule: schedule, context)
    }
    return sum / Double(max(1, boundaries.count))
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
  func textRowDivergence(_ samples: [PreparedSample]) throws(InferenceError) -> Double {
    var schedule = Schedule(layers: layers)
    for layer in 0..<layers {
      schedule.layers[layer].neurons = .probed(
        NeuronProbe(neuronShare: options.neuronShare, reducesText: true))
    }
    return try divergence(of: schedule, samples)
  }

  /// Divergence with leading neurons in all layers.
  func leadingDivergence(share: Double, _ samples: [PreparedSample]) throws(InferenceError) -> Double {
    var schedule = Schedule(layers: layers)
    for layer in 0..<layers { schedule.layers[layer].neurons = .leading(share: share) }
    return try divergence(of: schedule, samples)
  }

  private func divergence(
    of schedule: Schedule, _ samples: [PreparedSample]
  ) throws(InferenceError) -> Double {
    var sum = 0.0
    for sample in samples {
      sum += sample.divergence(
        of: try context.prefill(sample.forced(context), schedule: schedule), context)
    }
    return sum / Double(max(1, samples.count))
  }
}

/// One sample's residual stream at the input of every layer, under the layers ranked so far.
private struct Boundaries {
  private let sample: PreparedSample
  private var inputs: [TokenRows?]
  private var cache: KeyValueCache?
  private var known: Schedule?

  init(sample: PreparedSample, context: Context) {
    self.sample = sample
    inputs = Array(repeating: nil, count: context.model.text.layers)
  }

  /// Runs what changed since the last schedule: from the lowest layer that is reduced now and was not before.
  mutating func update(to schedule: Schedule, _ context: Context) throws(InferenceError) {
    let changed = known.map { known in
      schedule.layers.indices.first { schedule.layers[$0] != known.layers[$0] } ?? schedule.layers.count
    }
    known = schedule
    let first = changed ?? 0
    if first >= schedule.layers.count { return }
    var recorder = BoundaryRecorder(layers: schedule.layers.count)
    recorder.inputs = inputs
    let start = inputs[first].map { sample.prompt.replacing($0.copy()) } ?? sample.forced(context)
    let result = try context.prefill(
      start, schedule: schedule, PrefillRange(from: first, cache: cache), observer: &recorder)
    cache = result.cache
    inputs = recorder.inputs
  }

  /// Divergence of a schedule that differs from the known one only from `layer` on.
  mutating func divergence(
    from layer: Int, schedule: Schedule, _ context: Context
  ) throws(InferenceError) -> Double {
    let start = inputs[layer].map { sample.prompt.replacing($0.copy()) } ?? sample.forced(context)
    let first = inputs[layer] == nil ? 0 : layer
    let result = try context.prefill(start, schedule: schedule, PrefillRange(from: first, cache: cache))
    cache = result.cache
    return sample.divergence(of: result, context)
  }
}
