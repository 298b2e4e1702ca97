import HDF5Subset
public import Plan

extension PlanContents {
  /// Bytes of all weights as they are stored.
  public var weightBytes: Int {
    model.weights.reduce(0) { sum, tensor in
      let format = format(of: tensor)
      return sum + tensor.storedShape(format).reduce(format.elementType.size, *)
    }
  }
}
