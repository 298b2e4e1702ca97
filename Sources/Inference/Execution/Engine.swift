public import Compute
public import Models
public import PlanFormat

/// The parts of a model, bound to a plan's weights, and the threads they run on.
///
/// One prefill path and one decode path serve every model and every operating point. An engine runs one sequence at
/// a time.
public final class Engine {
  /// Shapes and options of the model.
  public let model: ModelDescription
  /// The threads.
  public let workers: Workers
  /// How keys and values are stored.
  public var cachePrecision: CachePrecision { decoder.cachePrecision }
  let decoder: Decoder
  let workspace: DecoderWorkspace
  let tower: VisionTower
  let projector: Projector

  /// Binds a model's tensors; nothing is copied. Without a `cachePrecision`, keys and values are rounded where the
  /// weights are.
  public init(
    _ model: ModelDescription, weights: some ModelWeights, threads: Int, cachePrecision: CachePrecision? = nil
  ) throws(ModelError) {
    self.model = model
    workers = Workers(count: max(1, threads))
    tower = try VisionTower(model.vision, weights: weights)
    projector = try Projector(model, weights: weights)
    decoder = try Decoder(model.text, weights: weights, cachePrecision: cachePrecision)
    workspace = decoder.makeWorkspace()
  }
}

extension Engine {
  /// Each FFN neuron's sum of magnitudes over some rows of a layer's FFN input, as observers are handed it, `[m]`.
  public func neuronMagnitudes(layer: Int, of rows: [Int], input: Matrix) -> [Float] {
    decoder.neuronMagnitudes(layer: layer, of: rows, input: input, workers)
  }
}
