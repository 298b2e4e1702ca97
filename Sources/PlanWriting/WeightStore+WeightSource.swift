public import Plan
public import PlanFile

extension WeightStore: WeightSource {
  /// Gives the stored bytes as one piece; a plan cannot be asked for another format than its own.
  public func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    guard let stored = self.tensor(tensor.name), stored.shape == tensor.shape, stored.format == format else {
      throw PlanError(
        file: path, object: tensor.path,
        reason: "is not there with shape \(tensor.shape) as \(format.rawValue)")
    }
    try stored.mapping.checkUnchanged()
    try sink(stored.bytes.bytes)
    try stored.mapping.checkUnchanged()
    stored.release()
    return stored.relativeError
  }
}
