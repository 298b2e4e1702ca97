public import Compute
import Models
public import PlanFormat

extension MappedFile: WeightOwner {}

/// Binds a model's parts to the mapped tensors of a plan.
struct PlanWeights: ModelWeights {
  private let store: WeightStore

  init(_ store: WeightStore) { self.store = store }

  func matrix(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
    let tensor = try find(name, shape: [rows, columns])
    switch tensor.format {
    case .float32:
      return WeightMatrix(float32: tensor.bytes, rows: rows, columns: columns, owner: tensor.mapping)
    case .bfloat16:
      return WeightMatrix(bfloat16: tensor.bytes, rows: rows, columns: columns, owner: tensor.mapping)
    case .int8:
      return WeightMatrix(int8: tensor.bytes, rows: rows, columns: columns, owner: tensor.mapping)
    }
  }

  func neurons(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
    let tensor = try find(name, shape: [rows, columns])
    guard tensor.format == .int8 else { return try matrix(name, rows: rows, columns: columns) }
    return WeightMatrix(int8Neurons: tensor.bytes, rows: rows, columns: columns, owner: tensor.mapping)
  }

  func vector(_ name: String, count: Int) throws(ModelError) -> WeightVector {
    let tensor = try find(name, shape: [count])
    guard tensor.format == .float32 else { throw ModelError(name, "is not float32") }
    return WeightVector(tensor.bytes, owner: tensor.mapping)
  }

  private func find(_ name: String, shape: [Int]) throws(ModelError) -> StoredTensor {
    guard let tensor = store.tensor(name) else { throw ModelError(name, "is missing") }
    guard tensor.shape == shape else {
      throw ModelError(name, "has shape \(tensor.shape), expected \(shape)")
    }
    return tensor
  }
}
