public import Compute
public import Models
import Plan
public import PlanFile

extension MappedFile: WeightOwner {}

/// Binds a model's parts to the mapped tensors of a plan.
public struct PlanWeights: ModelWeights {
  private let store: WeightStore
  private let narrow: Set<String>

  /// Binds to the tensors of a store; `narrowProducts` round their activations to 7 bits.
  public init(_ store: WeightStore, narrowProducts: [String] = []) {
    self.store = store
    narrow = Set(narrowProducts)
  }

  /// The matrix of that name, with the expected shape.
  public func matrix(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
    let tensor = try find(name, shape: [rows, columns])
    guard let encoding = tensor.format.panelEncoding else {
      return WeightMatrix(float32: tensor.bytes, rows: rows, columns: columns, owner: tensor.mapping)
    }
    let matrix = WeightMatrix(
      encoding, panels: tensor.bytes, rows: rows, columns: columns, owner: tensor.mapping)
    return isNarrow(name) ? matrix.narrowed : matrix
  }

  /// The matrix of that name whose rows are inputs, with the expected shape.
  public func neurons(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
    let tensor = try find(name, shape: [rows, columns])
    guard let encoding = tensor.format.panelEncoding else {
      return try matrix(name, rows: rows, columns: columns)
    }
    let matrix = WeightMatrix(
      encoding, neuronPanels: tensor.bytes, rows: rows, columns: columns, owner: tensor.mapping)
    return isNarrow(name) ? matrix.narrowed : matrix
  }

  /// The vector of that name, with the expected length.
  public func vector(_ name: String, count: Int) throws(ModelError) -> WeightVector {
    let tensor = try find(name, shape: [count])
    guard tensor.format == .float32 else { throw ModelError(name, "is not float32") }
    return WeightVector(tensor.bytes, owner: tensor.mapping)
  }

  private func isNarrow(_ name: String) -> Bool {
    !narrow.isEmpty && narrow.contains(WeightSpecification.product(of: name))
  }

  private func find(_ name: String, shape: [Int]) throws(ModelError) -> StoredTensor {
    guard let tensor = store.tensor(name) else { throw ModelError(name, "is missing") }
    guard tensor.shape == shape else {
      throw ModelError(name, "has shape \(tensor.shape), expected \(shape)")
    }
    return tensor
  }
}
