import Compute
import TestSupport
import Testing

/// Products against three plain loops, on sizes that no tile divides.
@Suite(.endsWithin(minutes: 1)) struct ProductTests {
  struct Shape: CustomTestStringConvertible {
    var n: Int, k: Int, m: Int
    var testDescription: String { "\(n) x \(k) by \(m)" }
  }
  static let shapes = [
    (1, 1, 1), (1, 192, 33), (2, 17, 65), (5, 64, 64), (37, 129, 70), (130, 48, 257), (64, 900, 700),
  ]
  .map { Shape(n: $0.0, k: $0.1, m: $0.2) }

  @Test(arguments: shapes, [1, 2, 3]) func `weights by row`(shape: Shape, threads: Int) {
    let workers = Workers(count: threads)
    let input = randomMatrix(shape.n, shape.k, seed: 1)
    let rows = randomMatrix(shape.m, shape.k, seed: 2)
    let weight = WeightMatrix(rows)
    let output = MatrixView(rows: shape.n, columns: shape.m)
    weight.multiply(input, into: output, workers)
    let (x, w) = ((0..<shape.n).map { input.row($0) }, weight.widened)
    let expected = reference(shape) { n, k, m in x[n][k] * w[m][k] }
    #expect(largestDifference(output.elements, expected) < 1e-4 * Float(shape.k).squareRoot())
    weight.multiply(input, into: output, accumulating: true, workers)
    #expect(
      largestDifference(output.elements, expected.map { 2 * $0 }) < 2e-4 * Float(shape.k).squareRoot())
  }

  @Test(arguments: shapes, [1, 2, 3]) func `weights by neuron`(shape: Shape, threads: Int) {
    let workers = Workers(count: threads)
    let input = randomMatrix(shape.n, shape.k, seed: 3)
    let neurons = randomMatrix(shape.k, shape.m, seed: 4)
    let weight = WeightMatrix(neurons)
    let output = MatrixView(rows: shape.n, columns: shape.m)
    weight.multiplyNeurons(input, into: output, workers)
    let (x, w) = ((0..<shape.n).map { input.row($0) }, weight.widened)
    let expected = reference(shape) { n, k, m in x[n][k] * w[k][m] }
    #expect(largestDifference(output.elements, expected) < 1e-4 * Float(shape.k).squareRoot())
    weight.multiplyNeurons(input, into: output, accumulating: true, workers)
    #expect(
      largestDifference(output.elements, expected.map { 2 * $0 }) < 2e-4 * Float(shape.k).squareRoot())
  }

  @Test(arguments: PanelEncoding.all.map { $0 as PanelEncoding? } + [nil], [1, 2])
  func `row by row, a row has the bits that it has alone`(encoding: PanelEncoding?, threads: Int) {
    let workers = Workers(count: threads)
    for (outputs, depth) in [(1, 1), (33, 64), (300, 1027), (80, 130)] {
      let plain = randomMatrix(outputs, depth, seed: 1)
      let weight = encoding.map { panels($0, plain) } ?? WeightMatrix(plain)
      let neurons = encoding.map { neuronPanels($0, plain) } ?? WeightMatrix(plain)
      for count in [1, 2, 3, 4, 7, 8, 13] {
        let (input, active) = (randomMatrix(count, depth, seed: 2), randomMatrix(count, outputs, seed: 3))
        for accumulating in [false, true] {
          let (forward, back) = (
            randomMatrix(count, outputs, seed: 4), randomMatrix(count, depth, seed: 5)
          )
          let (alone, backAlone) = (forward.copy(), back.copy())
          weight.multiply(input, into: forward, accumulating: accumulating, rowByRow: true, workers)
          neurons.multiplyNeurons(active, into: back, accumulating: accumulating, rowByRow: true, workers)
          for row in 0..<count {
            let one = row..<row + 1
            weight.multiply(input[rows: one], into: alone[rows: one], accumulating: accumulating, workers)
            neurons.multiplyNeurons(
              active[rows: one], into: backAlone[rows: one], accumulating: accumulating, workers)
          }
          #expect(forward.elements == alone.elements && back.elements == backAlone.elements)
        }
      }
    }
  }

  @Test func `views multiply like the copies they show`() {
    let workers = Workers(count: 2)
    let wide = randomMatrix(40, 50, seed: 5)
    let view = wide[rows: 3..<30][columns: 7..<40]
    let other = randomMatrix(21, 33, seed: 6)
    let fromView = MatrixView(rows: 27, columns: 21)
    let fromCopy = MatrixView(rows: 27, columns: 21)
    view.multiply(transposed: other, into: fromView, workers)
    view.copy().multiply(transposed: other, into: fromCopy, workers)
    #expect(largestDifference(fromView.elements, fromCopy.elements) < 1e-5)
  }

  @Test(arguments: PanelEncoding.all)
  func `the same product gives the same bits every time`(encoding: PanelEncoding) {
    let workers = Workers(count: 2)
    let weight = panels(encoding, randomMatrix(300, 500, seed: 8))
    let input = randomMatrix(90, 500, seed: 9)
    let runs = (0..<5).map { _ in
      let output = MatrixView(rows: 90, columns: 300)
      weight.multiply(input, into: output, workers)
      return output.elements
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
  }

  private func reference(_ shape: Shape, _ product: (Int, Int, Int) -> Float) -> [Float] {
    (0..<shape.n).flatMap { n in
      (0..<shape.m).map { m in Float((0..<shape.k).reduce(0.0) { $0 + Double(product(n, $1, m)) }) }
    }
  }
}

extension WeightMatrix {
  /// All elements as float32.
  fileprivate var widened: [[Float]] {
    let target = MatrixView(rows: rows, columns: columns)
    for row in 0..<rows { copyRow(row, into: target, row: row) }
    return (0..<rows).map { target.row($0) }
  }
}
