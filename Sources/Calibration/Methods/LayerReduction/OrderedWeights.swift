public import Compute
import Inference
import Models
public import Plan
public import PlanFile
public import PlanWriting

/// The weights of a plan with the FFN neurons of each layer in another order. The model computes the same; nothing is
/// rounded again.
public struct OrderedWeights: WeightSource {
  private let store: WeightStore
  private let order: [String: [Int]]  // by name of the tensor: its rows
  private let columns: [String: [Int]]  // by name of the tensor: its columns
  private let workers: Workers

  /// Weights whose neurons lie as `order` says: for each layer, the neuron that comes to each place.
  public init(_ store: WeightStore, order: NeuronOrder, workers: Workers) {
    self.store = store
    self.workers = workers
    var rows: [String: [Int]] = [:]
    for (layer, neurons) in order.decoder.enumerated() {
      let gatesAndUps = neurons + neurons.map { neurons.count + $0 }
      rows[TextModel.layerWeight(layer, "gate_up")] = gatesAndUps
      rows[TextModel.layerWeight(layer, "gate_up_bias")] = gatesAndUps
      rows[TextModel.layerWeight(layer, "down")] = neurons
    }
    var columns: [String: [Int]] = [:]
    for (layer, neurons) in order.tower.enumerated() {
      let up = VisionModel.layerWeight(layer, "up")
      // Gates come before ups where there are any.
      let isGated = (store.tensor(up)?.shape.first ?? 0) > neurons.count
      let all = isGated ? neurons + neurons.map { neurons.count + $0 } : neurons
      rows[up] = all
      rows[VisionModel.layerWeight(layer, "up_bias")] = all
      columns[VisionModel.layerWeight(layer, "down")] = neurons
    }
    self.order = rows
    self.columns = columns
  }

  /// Gives the tensors of the FFNs in order, the others as they are.
  public func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    guard order[tensor.name] != nil || columns[tensor.name] != nil else {
      return try store.stream(tensor, as: format, into: sink)
    }
    guard let stored = store.tensor(tensor.name), stored.format == format else {
      throw PlanError(file: "", object: tensor.name, reason: "is not there as \(format.rawValue)")
    }
    try ordered(tensor).withBytes(sink)
    return stored.relativeError
  }

  /// The rows of a matrix, or the elements of a vector as a matrix of one column, in their new order.
  private func ordered(_ tensor: WeightSpecification) throws(PlanError) -> WeightMatrix {
    let weights = PlanWeights(store)
    let rows = order[tensor.name] ?? []
    do throws(ModelError) {
      if let places = columns[tensor.name] {
        return try weights.matrix(tensor.name, rows: tensor.shape[0], columns: tensor.shape[1])
          .gathering(columns: places, workers)
      }
      guard tensor.shape.count == 2 else {
        let elements = try weights.vector(tensor.name, count: rows.count).elements
        return WeightMatrix(MatrixView(rows: rows.count, columns: 1, elements: rows.map { elements[$0] }))
      }
      let (count, columns) = (tensor.shape[0], tensor.shape[1])
      let matrix =
        tensor.isNeuronMajor
        ? try weights.neurons(tensor.name, rows: count, columns: columns)
        : try weights.matrix(tensor.name, rows: count, columns: columns)
      return matrix.gathering(rows: rows, workers)
    } catch {
      throw PlanError(file: "", object: tensor.name, reason: error.reason)
    }
  }
}
