import Inference
import Models
import Plan

/// The residual streams of samples at the input of every layer, under the layers ranked so far.
final class LayerBoundaries {
  let samples: SamplePool
  private let context: Context
  private var known: [Int: SampleBoundaries] = [:]
  /// Memory that one run after the other works with.
  private var cache: KeyValueCache?

  /// What is known of one sample.
  private struct SampleBoundaries {
    var schedule: Schedule?
    var inputs: [KeptRows?]
  }

  init(_ samples: SamplePool) {
    self.samples = samples
    context = samples.context
  }

  /// Runs what changed of a sample since its last schedule: from the lowest layer that is reduced now and was not before.
  func update(_ place: Int, to schedule: Schedule) throws {
    let layers = schedule.layers.count
    var own = known[place] ?? SampleBoundaries(inputs: Array(repeating: nil, count: layers))
    let changed = own.schedule.map { before in
      schedule.layers.indices.first { schedule.layers[$0] != before.layers[$0] } ?? layers
    }
    own.schedule = schedule
    let first = changed ?? 0
    if first < layers {
      var recorder = BoundaryRecorder(layers: layers)
      let result = try context.prefill(
        try start(place, own, at: first), schedule: schedule, PrefillRange(from: first, cache: cache),
        observer: &recorder)
      cache = result.cache
      for layer in first..<layers {
        own.inputs[layer] = try recorder.inputs[layer].map { try KeptRows($0, in: samples.store) }
      }
    }
    known[place] = own
  }

  /// Divergence of a sample under a schedule that differs from its last one only from `layer` on.
  func divergence(_ place: Int, from layer: Int, schedule: Schedule) throws -> Double {
    guard let own = known[place] else { return .nan }
    let first = own.inputs[layer] == nil ? 0 : layer
    let result = try context.prefill(
      try start(place, own, at: layer), schedule: schedule, PrefillRange(from: first, cache: cache))
    cache = result.cache
    return try samples.sample(place).divergence(of: result, context)
  }

  /// A sample's rows at the input of a layer, for a run to work on.
  private func start(_ place: Int, _ own: SampleBoundaries, at layer: Int) throws -> PromptRows {
    let sample = try samples.sample(place)
    guard let rows = own.inputs[layer] else { return sample.forced(context) }
    return sample.prompt.replacing(try rows.load().copy())
  }
}
