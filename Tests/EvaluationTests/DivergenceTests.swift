import Compute
import Evaluation
import Foundation
import TestSupport
import Testing

/// `KL(dense || reduced)` over the positions of an answer (section 4 of the methods).
@Suite(.endsWithin(minutes: 1)) struct DivergenceTests {
  @Test func `a distribution does not diverge from itself`() {
    let logits = randomMatrix(7, 50, seed: 1, scale: 20)
    #expect(DenseDistributions(logits: logits).divergence(ofReduced: logits.copy()) < 1e-9)
  }

  @Test func `a shift of all logits is the same distribution`() {
    let logits = randomMatrix(3, 50, seed: 1, scale: 5)
    let shifted = MatrixView(rows: 3, columns: 50, elements: logits.elements.map { $0 + 64 })
    #expect(DenseDistributions(logits: logits).divergence(ofReduced: shifted) < 1e-5)
  }

  @Test func `two tokens`() {
    // KL((3/4, 1/4) || (1/2, 1/2)) = log 2 - H(1/4).
    let dense = DenseDistributions(logits: row([log(3), 0]))
    let expected = 0.75 * log(1.5) + 0.25 * log(0.5)
    #expect(abs(dense.divergence(ofReduced: row([0, 0])) - expected) < 1e-6)
    // The other way round it is another number.
    let uniform = DenseDistributions(logits: row([0, 0]))
    let other = 0.5 * log(0.5 / 0.75) + 0.5 * log(0.5 / 0.25)
    #expect(abs(uniform.divergence(ofReduced: row([log(3), 0])) - other) < 1e-6)
  }

  @Test func `positions are averaged`() {
    let dense = DenseDistributions(
      logits: MatrixView(rows: 2, columns: 2, elements: [Float(log(3.0)), 0, 1, 1]))
    let reduced = MatrixView(rows: 2, columns: 2, elements: [0, 0, 5, 5])
    let expected = (0.75 * log(1.5) + 0.25 * log(0.5)) / 2
    #expect(abs(dense.divergence(ofReduced: reduced) - expected) < 1e-6)
  }

  @Test(arguments: 0..<30 as Range<UInt64>) func `is never negative, and follows the double-precision sum`(
    seed: UInt64
  ) {
    let scale = Float(seed + 1)
    let (left, right) = (
      randomMatrix(4, 33, seed: seed, scale: scale), randomMatrix(4, 33, seed: seed + 100, scale: scale)
    )
    func distribution(_ row: [Float]) -> [Double] {
      let highest = Double(row.max() ?? 0)
      let weights = row.map { exp(Double($0) - highest) }
      return weights.map { $0 / weights.reduce(0, +) }
    }
    var expected = 0.0
    for row in 0..<4 {
      let (p, q) = (distribution(left.row(row)), distribution(right.row(row)))
      for (a, b) in zip(p, q) where a > 0 { expected += a * log(a / b) / 4 }
    }
    let found = DenseDistributions(logits: left).divergence(ofReduced: right)
    #expect(found >= 0 && abs(found - expected) < 1e-4 * max(1, expected))
  }

  @Test func `the dense logits are left as they were`() {
    let logits = randomMatrix(2, 9, seed: 4)
    let before = logits.elements
    _ = DenseDistributions(logits: logits).divergence(ofReduced: randomMatrix(2, 9, seed: 5))
    #expect(logits.elements == before)
  }

  @Test func `of an empty answer there is none`() {
    let nothing = MatrixView(rows: 0, columns: 9)
    #expect(DenseDistributions(logits: nothing).divergence(ofReduced: nothing) == 0)
  }

  @Test func `a token that became impossible diverges without bound`() {
    let dense = DenseDistributions(logits: row([0, 0]))
    #expect(dense.divergence(ofReduced: row([0, -.infinity])) == .infinity)
  }

  /// Otherwise a broken run would look like a perfect one.
  @Test func `logits that are not numbers do not count as agreement`() {
    let dense = DenseDistributions(logits: row([0, 1]))
    #expect(dense.divergence(ofReduced: row([.nan, 1])).isNaN)
    #expect(dense.divergence(ofReduced: row([.nan, .nan])).isNaN)
  }

  private func row(_ values: [Double]) -> MatrixView {
    MatrixView(rows: 1, columns: values.count, elements: values.map { Float($0) })
  }
}
