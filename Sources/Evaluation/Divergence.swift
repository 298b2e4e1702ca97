public import Compute
import Foundation

/// Next-token distributions of the dense model over the positions of its own greedy answer (section 4 of the
/// methods): what every reduced run is compared with.
public struct DenseDistributions {
  /// Log-probabilities, `[answer tokens x vocabulary]`.
  public let logProbabilities: MatrixView

  /// Distributions that were kept elsewhere.
  public init(logProbabilities: MatrixView) { self.logProbabilities = logProbabilities }

  /// Keeps the distributions behind `logits`, `[answer tokens x vocabulary]`.
  public init(logits: MatrixView) {
    logProbabilities = logits.copy()
    for row in 0..<logits.rows { Self.normalize(logProbabilities, row) }
  }

  /// `KL(dense || reduced)`, averaged over the positions, in nats.
  public func divergence(ofReduced logits: MatrixView) -> Double {
    precondition(logits.rows == logProbabilities.rows && logits.columns == logProbabilities.columns)
    var total = 0.0
    for row in 0..<logits.rows {
      total += logProbabilities.withRow(row) { dense in
        logits.withRow(row) { reduced in
          let shift = Self.logSum(reduced)
          var sum = 0.0
          for token in dense.indices where dense[token] > -40 {
            sum += exp(Double(dense[token])) * Double(dense[token] - (reduced[token] - shift))
          }
          return sum
        }
      }
    }
    // Rounding may fall below zero; NaN must stay NaN, or a broken run would look like a perfect one.
    return total < 0 ? 0 : total / Double(max(1, logits.rows))
  }

  private static func normalize(_ logits: MatrixView, _ row: Int) {
    logits.withRow(row) { values in
      let shift = logSum(values)
      for index in values.indices { values[index] -= shift }
    }
  }

  /// `log(sum(exp(values)))`
  private static func logSum(_ values: UnsafeMutableBufferPointer<Float>) -> Float {
    let highest = values.max() ?? 0
    var sum = 0.0
    for value in values { sum += exp(Double(value - highest)) }
    return highest + Float(log(sum))
  }
}
