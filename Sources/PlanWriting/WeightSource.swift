public import Plan
public import PlanFile

/// Where the weights of a new plan come from: a checkpoint, another plan, a test.
public protocol WeightSource {
  /// Gives the elements of one tensor, row-major and little-endian in `format`, in pieces of whole rows
  /// (elements, for a vector; panels, where the format has them), in order.
  ///
  /// - Returns: the relative error of the stored elements, where the format has panels.
  func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double?
}
