import TestSupport
import Testing

@testable import Compute

/// A causal convolution beside its definition, on odd sizes.
@Suite(.endsWithin(minutes: 1)) struct ConvolutionTests {
  private static let shapes = [(1, 1, 1), (3, 1, 5), (3, 7, 17), (4, 33, 48), (5, 2, 31)]

  private func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> MatrixView {
    var generator = SplitMix64(seed: seed)
    return MatrixView(
      rows: rows, columns: columns,
      elements: (0..<rows * columns).map { _ in Float(generator.nextUnit()) - 0.5 })
  }

  private func convolution(_ taps: Int, _ width: Int, biased: Bool) -> CausalConvolution {
    let filter = matrix(taps, width, seed: 1)
    return CausalConvolution(
      filter: (0..<taps).map { WeightVector(filter.row($0)) },
      bias: biased ? WeightVector(matrix(1, width, seed: 2).row(0)) : nil)
  }

  @Test(arguments: shapes, [false, true])
  func `each row is a sum over itself and the rows before it`(shape: (Int, Int, Int), biased: Bool) {
    let (taps, rows, width) = shape
    let (input, before) = (matrix(rows, width, seed: 3), matrix(taps - 1, width, seed: 4))
    let output = MatrixView(rows: rows, columns: width)
    convolution(taps, width, biased: biased).apply(
      input, behind: before, into: output, Workers(count: 2))
    let filter = matrix(taps, width, seed: 1)
    let bias = matrix(1, width, seed: 2)
    for row in 0..<rows {
      for column in 0..<width {
        var sum = biased ? Double(bias[0, column]) : 0
        for tap in 0..<taps {
          let source = row + tap - (taps - 1)
          let value = source < 0 ? before[taps - 1 + source, column] : input[source, column]
          sum += Double(filter[tap, column]) * Double(value)
        }
        #expect(abs(Double(output[row, column]) - sum) < 1e-5)
      }
    }
  }

  @Test func `rows one by one have the bits that they have together`() {
    let (taps, rows, width) = (3, 9, 19)
    let convolution = convolution(taps, width, biased: true)
    let workers = Workers(count: 2)
    let all = matrix(taps - 1 + rows, width, seed: 5)
    let together = MatrixView(rows: rows, columns: width)
    convolution.apply(
      all[rows: taps - 1..<all.rows], behind: all[rows: 0..<taps - 1], into: together, workers)
    for row in 0..<rows {
      let alone = MatrixView(rows: 1, columns: width)
      let place = taps - 1 + row
      convolution.apply(
        all[rows: place..<place + 1], behind: all[rows: row..<place], into: alone, workers)
      #expect(alone.elements == together.row(row))
    }
  }
}
