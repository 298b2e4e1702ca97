import Compute
public import Plan
public import PlanFile
public import PlanWriting

/// Weights that count upwards, given in pieces of one row.
public struct CountingWeights: WeightSource {
  /// Name of the tensor that cannot be given.
  public var failingAt: String?

  /// Weights of which one may fail.
  public init(failingAt: String? = nil) { self.failingAt = failingAt }

  /// Gives a tensor whose elements are their own places.
  public func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    if tensor.name == failingAt { throw PlanError(file: "source", object: "tensor", reason: "is gone") }
    let width = tensor.shape.dropFirst().reduce(1, *)
    if format.hasPanels { return try panels(of: tensor, as: format, into: sink) }
    for row in 0..<(tensor.shape.first ?? 0) {
      let values = (0..<width).map { Float(row * width + $0) }
      try sink(values.span.bytes)
    }
    return nil
  }

  private func panels(
    of tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    var encoder = format.panelEncoding.map {
      PanelEncoder($0, depth: tensor.isNeuronMajor ? rows : columns)
    }
    if tensor.isNeuronMajor {
      for column in 0..<columns {
        try encoder?.append((0..<rows).map { Float($0 * columns + column) }, into: sink)
      }
    } else {
      try encoder?.append((0..<rows * columns).map { Float($0) }, into: sink)
    }
    try encoder?.finish(into: sink)
    return encoder?.relativeError
  }
}
