public import Compute
public import Imaging
import Models
import Plan

/// One sequence at a time on a model: the memory of its run, and threads to compute with.
///
/// Contexts on one model may run at the same time, each on a thread of its own; they share the weights, and the pool
/// where they are given the same. One prefill path and one decode path serve every model and every operating point.
public final class Context {
  /// What runs.
  public let model: Model
  /// Asks the run at hand to stop.
  public var cancellation = Cancellation()
  /// Called between the layers of tower and decoder while pictures and prompts are read: whoever shares out the threads may
  /// lend them to somebody else meanwhile.
  public var betweenLayers: (() -> Void)?
  let workers: Workers
  let workspace: DecoderWorkspace
  /// Memory of a decoding step, so that none allocates any.
  let step: SequenceStep

  /// A context whose jobs run on a pool.
  public init(_ model: Model, pool: WorkerPool) {
    self.model = model
    workers = Workers(pool)
    workspace = model.decoder.makeWorkspace()
    step = SequenceStep(model.text)
  }

  /// A context with a pool of its own.
  public convenience init(_ model: Model, threads: Int) {
    self.init(model, pool: WorkerPool(threads: max(1, threads)))
  }

  /// Lets others have their turn, and throws where the run is cancelled.
  func pause() throws(InferenceError) {
    betweenLayers?()
    try cancellation.check()
  }

  /// The threads.
  public var pool: WorkerPool { workers.pool }
}

extension Context {
  /// Each FFN neuron's sum of magnitudes over some rows of a layer's FFN input, as observers are handed it, `[m]`.
  public func neuronMagnitudes(layer: Int, of rows: [Int], input: MatrixView) -> [Float] {
    model.decoder.neuronMagnitudes(layer: layer, of: rows, input: input, workers)
  }

  /// Each FFN neuron's sum of magnitudes in the tower over all inputs of a picture, `[layers][neurons]`.
  public func towerNeuronMagnitudes(of picture: PreparedImage) -> [[Float]] {
    let inputs = [picture.overview].compactMap { $0 } + picture.tiles
    return inputs.reduce(into: []) { sums, input in
      let own = model.tower.neuronMagnitudes(
        TowerInput(pixels: input.pixels, height: input.height, width: input.width), workers)
      sums = sums.isEmpty ? own : zip(sums, own).map { zip($0, $1).map { $0 + $1 } }
    }
  }
}
