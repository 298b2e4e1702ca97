import CKernels

/// The gated delta rule token by token, as it is defined: for steps of decoding, and what chunks are tested beside.
///
/// A value channel is a row of the state that no other one touches: it is read and written while it is in the nearest
/// cache.
struct DeltaSteps: RangeWork {
  let rule: GatedDeltaRule
  /// Queries, keys and values.
  let rows: MatrixView
  /// Strengths, then decays.
  let rates: MatrixView
  let state: MatrixView

  func run(_ heads: Range<Int>, worker: Int) {
    for head in heads {
      for row in 0..<rows.rows { step(head, row) }
    }
  }

  private func step(_ head: Int, _ row: Int) {
    let (width, channels) = (rule.keyWidth, rows.rowBase(row))
    let (query, key) = (channels + rule.queryColumn(head), channels + rule.keyColumn(head))
    let values = channels + rule.valueColumn(head)
    let (strength, decay) = (rates[row, head], rates[row, rule.valueHeads + head])
    for channel in 0..<rule.valueWidth {
      let memory = state.rowBase(head * rule.valueWidth + channel)
      let change = strength * (values[channel] - decay * kernels.dot(memory, key, width))
      kernels.scale(decay, memory, width)
      kernels.add_scaled(change, key, memory, width)
      values[channel] = kernels.dot(memory, query, width)
    }
  }
}
