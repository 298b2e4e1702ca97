import Plan
import PlanFile
import PlanWriting

/// Float32 weights between -0.5 and 0.5, so that a model of them computes numbers.
struct SmallWeights: WeightSource {
  func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    let count = tensor.shape.reduce(1, *)
    let values = (0..<count).map { (place: Int) -> Float in Float((place * 37 + 11) % 101) / 101 - 0.5 }
    try sink(values.span.bytes)
    return nil
  }
}
