import Inference
import Models
import Plan

/// The residual streams of samples at the inputs of the layers that are left, under the layers ranked so far.
///
/// Trials begin at layers that are not ranked, and so does what a ranked one changes: rows at the inputs of the others are
/// not kept.
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
    /// The run that is likeliest to be the next schedule's, kept so that it is not run again.
    var likely: LikelyRun?
  }

  /// Inputs of the layers behind the one that a trial reduces.
  private struct LikelyRun {
    var schedule: Schedule
    var inputs: [Int: KeptRows]
  }

  init(_ samples: SamplePool) {
    self.samples = samples
    context = samples.context
  }

  /// Runs what changed of a sample since its last schedule: from the lowest layer that is reduced now and was not before,
  /// unless a trial did so.
  func update(_ place: Int, to schedule: Schedule) throws {
    let layers = schedule.layers.count
    var own = known[place] ?? SampleBoundaries(inputs: Array(repeating: nil, count: layers))
    let changed = own.schedule.map { before in
      schedule.layers.indices.first { schedule.layers[$0] != before.layers[$0] } ?? layers
    }
    let first = changed ?? 0
    guard first < layers else { return }
    if let likely = own.likely, likely.schedule.layers == schedule.layers {
      for (layer, rows) in likely.inputs { own.inputs[layer] = rows }
    } else {
      for (layer, rows) in try inputs(place, own, from: first, schedule) { own.inputs[layer] = rows }
    }
    for layer in schedule.layers.indices where !schedule.isDense(layer) && layer != sharedDepth {
      own.inputs[layer] = nil
    }
    own.schedule = schedule
    own.likely = nil
    known[place] = own
  }

  /// Divergence of a sample under a schedule that differs from its last one only from `layer` on.
  ///
  /// - Parameter isLikely: whether the next schedule is probably this one.
  func divergence(
    _ place: Int, from layer: Int, schedule: Schedule, isLikely: Bool = false
  ) throws -> Double {
    guard let own = known[place] else { return .nan }
    if isLikely {
      var divergence = Double.nan
      let inputs = try inputs(place, own, from: layer, schedule) { result in
        divergence = try samples.sample(place).divergence(of: result, context)
      }
      known[place]?.likely = LikelyRun(schedule: schedule, inputs: inputs)
      return divergence
    }
    let first = start(own, at: layer)
    let result = try context.prefill(
      try start(place, own, at: first), schedule: schedule, PrefillRange(from: first, cache: cache))
    cache = result.cache
    return try samples.sample(place).divergence(of: result, context)
  }

  /// Runs a sample from a layer on, and keeps the inputs of the layers behind it that are not reduced, which are its own.
  private func inputs(
    _ place: Int, _ own: SampleBoundaries, from layer: Int, _ schedule: Schedule,
    _ body: (borrowing PrefillResult) throws -> Void = { _ in }
  ) throws -> [Int: KeptRows] {
    var recorder = BoundaryRecorder(layers: schedule.layers.count)
    let first = start(own, at: layer)
    let result = try context.prefill(
      try start(place, own, at: first), schedule: schedule, PrefillRange(from: first, cache: cache),
      observer: &recorder)
    cache = result.cache
    try body(result)
    var inputs: [Int: KeptRows] = [:]
    for (number, rows) in recorder.inputs.enumerated()
    where (schedule.isDense(number) || number == sharedDepth) && (number > layer || own.inputs[number] == nil)
    {
      inputs[number] = try rows.map { try KeptRows($0, in: samples.store) }
    }
    return inputs
  }

  /// The layer whose keys and values others read, too: a run from behind it would miss them.
  private var sharedDepth: Int { context.model.text.leavingDepth }

  /// The layer that a run which differs from `layer` on can begin at.
  private func start(_ own: SampleBoundaries, at layer: Int) -> Int {
    let first = min(layer, sharedDepth)
    return own.inputs[first] == nil ? 0 : first
  }

  /// A sample's rows at the input of a layer, for a run to work on.
  private func start(_ place: Int, _ own: SampleBoundaries, at layer: Int) throws -> PromptRows {
    let sample = try samples.sample(place)
    guard let rows = own.inputs[layer] else { return sample.forced(context) }
    return sample.resumed(try rows.load().copy(), context)
  }
}

extension Schedule {
  /// Whether nothing of a layer is reduced.
  fileprivate func isDense(_ layer: Int) -> Bool { layers[layer] == .dense }
}
