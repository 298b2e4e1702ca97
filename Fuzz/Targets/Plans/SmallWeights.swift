import Compute
import Plan
import PlanFile
import PlanWriting

/// Weights between -0.5 and 0.5, so that a model of them computes numbers.
struct SmallWeights: WeightSource {
  func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    let values = Self.values(tensor.shape.reduce(1, *))
    guard let encoding = format.panelEncoding else {
      try sink(values.span.bytes)
      return nil
    }
    // What the elements are does not matter: rows of a matrix may be taken for its columns.
    let columns = tensor.shape.dropFirst().reduce(1, *)
    var encoder = PanelEncoder(encoding, depth: tensor.isNeuronMajor ? tensor.shape[0] : columns)
    try encoder.append(values, into: sink)
    try encoder.finish(into: sink)
    return encoder.relativeError
  }

  private static func values(_ count: Int) -> [Float] {
    if count <= table.count { return Array(table[..<count]) }
    return (0..<count).map(value)
  }

  private static func value(_ place: Int) -> Float { Float((place &* 37 &+ 11) % 101) / 101 - 0.5 }
  private static let table = (0..<8192).map(value)
}
