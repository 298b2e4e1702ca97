import CKernels
import Glibc

/// The gated delta rule (arXiv 2412.06464): every value head keeps a matrix `S` `[dv x dk]` that each token lets decay, in
/// which it replaces what its key stood for by its value, and from which its query reads:
///
///     S = d S;  S = S + b (v - S k) kᵀ;  o = S q
///
/// with keys and queries of length 1, queries divided by the root of their width, and `d` and `b` between 0 and 1.
/// Consecutive value heads share a head of queries and keys.
public struct GatedDeltaRule: Sendable {
  /// Heads of queries and keys, `hk`.
  public let keyHeads: Int
  /// Heads of values, `hv`.
  public let valueHeads: Int
  /// Width of a query or key, `dk`.
  public let keyWidth: Int
  /// Width of a value, `dv`.
  public let valueWidth: Int
  /// What the softplus of a projection is multiplied by, so that the decay is the exponential of it; all below 0.
  private let speeds: [Float]
  private let biases: [Float]
  private let queryNorm: WeightVector
  private let keyNorm: WeightVector
  private let normEpsilon: Float

  /// Ways to compute the same.
  enum Form {
    /// Token by token, as it is defined.
    case steps
    /// Chunk by chunk, by matrix products.
    case chunks
  }

  /// A rule; `decay` is the logarithm of how fast each value head forgets, `bias` is added to projections to it.
  public init(
    keyHeads: Int, valueHeads: Int, keyWidth: Int, valueWidth: Int, decay: WeightVector, bias: WeightVector
  ) {
    precondition(valueHeads % keyHeads == 0 && decay.count == valueHeads && bias.count == valueHeads)
    (self.keyHeads, self.valueHeads) = (keyHeads, valueHeads)
    (self.keyWidth, self.valueWidth) = (keyWidth, valueWidth)
    speeds = decay.elements.map { -exp($0) }
    biases = bias.elements
    // x / sqrt(sum(x²) + e) is an RMSNorm whose weight is 1 / sqrt(dk).
    let root = 1 / Float(keyWidth).squareRoot()
    keyNorm = WeightVector(Array(repeating: root, count: keyWidth))
    queryNorm = WeightVector(Array(repeating: root * root, count: keyWidth))
    normEpsilon = 1e-6 / Float(keyWidth)
  }

  /// Columns of queries, keys and values beside each other.
  public var channels: Int { 2 * keyHeads * keyWidth + valueHeads * valueWidth }

  /// The columns of values among them.
  public var valueColumns: Range<Int> { 2 * keyHeads * keyWidth..<channels }

  /// Reads rows into `state`, `[(hv dv) x dk]`, and puts what each value head gives in the place of its values.
  ///
  /// `rows` are queries, keys and values, `[n x channels]`; `rates`, `[n x 2 hv]`, are projections to how strongly a value
  /// head takes a value in, then to how fast it forgets. Both are worked on in place. A row alone is computed as it is
  /// defined, more rows by chunks.
  public func apply(_ rows: MatrixView, rates: MatrixView, to state: MatrixView, _ workers: Workers) {
    // A few rows do not pay for the products of a chunk.
    apply(rows, rates: rates, to: state, as: rows.rows < 6 ? .steps : .chunks, workers)
  }

  func apply(
    _ rows: MatrixView, rates: MatrixView, to state: MatrixView, as form: Form, _ workers: Workers
  ) {
    precondition(rows.columns == channels && rates.columns == 2 * valueHeads && rates.rows == rows.rows)
    precondition(state.rows == valueHeads * valueWidth && state.columns == keyWidth)
    let keys = keyHeads * keyWidth
    rows[columns: 0..<keys].rmsNormHeads(queryNorm, epsilon: normEpsilon, workers)
    rows[columns: keys..<2 * keys].rmsNormHeads(keyNorm, epsilon: normEpsilon, workers)
    for row in 0..<rates.rows { rates.withRow(row) { makeRates(of: $0) } }
    let operations = 3 * rows.rows * state.rows * state.columns
    switch form {
    case .steps:
      workers.split(
        valueHeads, granularity: 1, operations: operations,
        DeltaSteps(rule: self, rows: rows, rates: rates, state: state))
    case .chunks:
      workers.split(
        valueHeads, granularity: 1, operations: operations,
        DeltaChunks(rule: self, rows: rows, rates: rates, state: state, workers: workers))
    }
  }

  /// Strengths, then decays, in the place of projections to them.
  private func makeRates(of row: UnsafeMutableBufferPointer<Float>) {
    for head in 0..<valueHeads {
      row[head] = 1 / (1 + exp(-row[head]))
      let slowness = row[valueHeads + head] + biases[head]
      let softplus = slowness > 20 ? slowness : log1p(exp(slowness))
      row[valueHeads + head] = exp(speeds[head] * softplus)
    }
  }

  /// First column of the query of a value head.
  func queryColumn(_ head: Int) -> Int { head / (valueHeads / keyHeads) * keyWidth }
  /// First column of its key.
  func keyColumn(_ head: Int) -> Int { keyHeads * keyWidth + queryColumn(head) }
  /// First column of its value.
  func valueColumn(_ head: Int) -> Int { 2 * keyHeads * keyWidth + head * valueWidth }
}
