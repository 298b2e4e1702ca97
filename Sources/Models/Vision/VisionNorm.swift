import Compute
import Plan

/// A norm of a tower or projector: LayerNorm with a bias, or RMSNorm.
struct VisionNorm: Sendable {
  private let weight: WeightVector
  private let bias: WeightVector?
  private let epsilon: Float

  init(_ kind: Norm, _ name: String, width: Int, epsilon: Double, weights: some ModelWeights)
    throws(ModelError)
  {
    weight = try weights.vector(name, count: width)
    bias = kind == .layerNorm ? try weights.vector(name + "_bias", count: width) : nil
    self.epsilon = Float(epsilon)
  }

  /// Norms, in place, each part of each row that is as wide as the weight: a head, or all of it.
  func apply(toParts rows: MatrixView, _ workers: Workers) {
    if bias == nil, weight.count < rows.columns {
      rows.rmsNormHeads(weight, epsilon: epsilon, workers)
    } else {
      apply(rows, into: rows, workers)
    }
  }

  /// Writes the normalised rows of `input` to `output`, which may be `input`.
  func apply(_ input: MatrixView, into output: MatrixView, _ workers: Workers) {
    if let bias {
      input.layerNorm(weight, bias, epsilon: epsilon, into: output, workers)
    } else {
      input.rmsNorm(weight, epsilon: epsilon, into: output, workers)
    }
  }
}
