import Inference
import Models
import Plan

/// The residual streams of samples at the layer boundaries, under the layers ranked so far.
final class LayerBoundaries {
  let samples: SamplePool
  private var known: [Int: SampleBoundaries] = [:]

  init(_ samples: SamplePool) { self.samples = samples }

  /// Runs what changed of a sample since the last schedule.
  func update(_ place: Int, to schedule: Schedule) throws {
    if known[place] == nil {
      known[place] = SampleBoundaries(sample: try samples.sample(place), context: samples.context)
    }
    try known[place]?.update(to: schedule, samples.context)
  }

  /// Divergence of a sample under a schedule that differs from the last one only from `layer` on.
  func divergence(_ place: Int, from layer: Int, schedule: Schedule) throws -> Double {
    try known[place]?.divergence(from: layer, schedule: schedule, samples.context) ?? .nan
  }
}

/// One sample's residual stream at the input of every layer, under the layers ranked so far.
private struct SampleBoundaries {
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
