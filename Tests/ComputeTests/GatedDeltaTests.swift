import Glibc
import TestSupport
import Testing

@testable import Compute

/// The gated delta rule beside its definition in double precision, token by token and by chunks, on odd sizes.
@Suite(.endsWithin(minutes: 1)) struct GatedDeltaTests {
  /// Key heads, value heads, widths of keys and values, and rows.
  struct Shape: CustomTestStringConvertible {
    let keyHeads, valueHeads, keyWidth, valueWidth, rows: Int
    var testDescription: String { "\(keyHeads) \(valueHeads) \(keyWidth) \(valueWidth) \(rows)" }
  }

  private static let shapes = [
    Shape(keyHeads: 1, valueHeads: 1, keyWidth: 1, valueWidth: 1, rows: 1),
    Shape(keyHeads: 1, valueHeads: 3, keyWidth: 7, valueWidth: 5, rows: 6),
    Shape(keyHeads: 2, valueHeads: 2, keyWidth: 16, valueWidth: 24, rows: 31),
    Shape(keyHeads: 2, valueHeads: 4, keyWidth: 12, valueWidth: 16, rows: 32),
    Shape(keyHeads: 1, valueHeads: 2, keyWidth: 33, valueWidth: 17, rows: 33),
    Shape(keyHeads: 2, valueHeads: 6, keyWidth: 20, valueWidth: 9, rows: 131),
  ]

  /// A rule, what it reads and the state before it.
  private struct Example {
    let rule: GatedDeltaRule
    let rows, rates, state: MatrixView
    let decay, bias: [Float]

    /// `speed` is the logarithm of how fast the heads forget.
    init(_ shape: Shape, speed: Float = -1) {
      let heads = shape.valueHeads
      decay = (0..<heads).map { speed + Float($0) / 2 }
      bias = (0..<heads).map { Float($0) / 4 - 0.5 }
      rule = GatedDeltaRule(
        keyHeads: shape.keyHeads, valueHeads: heads, keyWidth: shape.keyWidth, valueWidth: shape.valueWidth,
        decay: WeightVector(decay), bias: WeightVector(bias))
      rows = randomMatrix(shape.rows, rule.channels, seed: 1)
      rates = randomMatrix(shape.rows, 2 * heads, seed: 2)
      state = randomMatrix(heads * shape.valueWidth, shape.keyWidth, seed: 3)
    }

    /// What the heads give, and the state behind the rows.
    func result(_ form: GatedDeltaRule.Form, threads: Int = 2) -> (given: MatrixView, state: MatrixView) {
      let (rows, state) = (rows.copy(), state.copy())
      rule.apply(rows, rates: rates.copy(), to: state, as: form, Workers(count: threads))
      return (rows[columns: rule.valueColumns], state)
    }

    /// The definition.
    func reference() -> (given: [Double], state: [Double]) {
      let (dk, dv, heads) = (rule.keyWidth, rule.valueWidth, rule.valueHeads)
      var memory = state.elements.map(Double.init)
      var given: [Double] = []
      for row in 0..<rows.rows {
        for head in 0..<heads {
          let group = head / (heads / rule.keyHeads)
          func unit(_ first: Int) -> [Double] {
            let values = (0..<dk).map { Double(rows[row, first + group * dk + $0]) }
            let length = (values.reduce(0) { $0 + $1 * $1 } + 1e-6).squareRoot()
            return values.map { $0 / length }
          }
          let query = unit(0).map { $0 / Double(dk).squareRoot() }
          let key = unit(rule.keyHeads * dk)
          let strength = 1 / (1 + exp(-Double(rates[row, head])))
          let slowness = Double(rates[row, heads + head] + bias[head])
          let decay = exp(-exp(Double(decay[head])) * log1p(exp(slowness)))
          for channel in 0..<dv {
            let first = (head * dv + channel) * dk
            for index in 0..<dk { memory[first + index] *= decay }
            let known = (0..<dk).reduce(0.0) { $0 + memory[first + $1] * key[$1] }
            let change = strength * (Double(rows[row, rule.valueColumn(head) + channel]) - known)
            for index in 0..<dk { memory[first + index] += change * key[index] }
            given.append((0..<dk).reduce(0.0) { $0 + memory[first + $1] * query[$1] })
          }
        }
      }
      return (given, memory)
    }
  }

  private func largestDifference(_ found: MatrixView, _ expected: [Double]) -> Double {
    zip(found.elements, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
  }

  /// Heads that hardly forget, that forget within some tokens, and at once.
  @Test(arguments: shapes, [-8, -1, 5] as [Float])
  func `both forms are what the rule is defined to be`(shape: Shape, speed: Float) {
    let example = Example(shape, speed: speed)
    let expected = example.reference()
    for form in [GatedDeltaRule.Form.steps, .chunks] {
      let (given, state) = example.result(form)
      #expect(largestDifference(given, expected.given) < 2e-5, "\(form)")
      #expect(largestDifference(state, expected.state) < 2e-5, "\(form)")
    }
  }

  @Test(arguments: shapes) func `threads change no bit`(shape: Shape) {
    let example = Example(shape)
    for form in [GatedDeltaRule.Form.steps, .chunks] {
      let alone = example.result(form, threads: 1)
      let shared = example.result(form, threads: 3)
      #expect(alone.given.elements == shared.given.elements)
      #expect(alone.state.elements == shared.state.elements)
    }
  }

  @Test(arguments: [1, 5, 6, 32, 64, 100]) func `rows in two parts give what they give at once`(first: Int) {
    let example = Example(Shape(keyHeads: 2, valueHeads: 4, keyWidth: 12, valueWidth: 8, rows: 131))
    let whole = example.result(.chunks)
    let (rows, rates, state) = (example.rows.copy(), example.rates.copy(), example.state.copy())
    for part in [0..<first, first..<131] {
      example.rule.apply(rows[rows: part], rates: rates[rows: part], to: state, Workers(count: 1))
    }
    #expect(
      largestDifference(rows[columns: example.rule.valueColumns], whole.given.elements.map(Double.init))
        < 1e-5)
    #expect(largestDifference(state, whole.state.elements.map(Double.init)) < 1e-5)
  }

  @Test func `no rows change nothing`() {
    let example = Example(Shape(keyHeads: 1, valueHeads: 2, keyWidth: 4, valueWidth: 3, rows: 0))
    #expect(example.result(.chunks).state.elements == example.state.elements)
  }
}
