import Compute

/// Several inputs of a tower whose rows stand one input after the other: products take all of them at once, attention sees
/// those of one input.
struct TowerBatch {
  /// Residual stream of all inputs, `[rows x width]`.
  private(set) var hidden: MatrixView
  /// The rows of each input, counted from its first one.
  private(set) var inputs: [TowerRows]

  init(hidden: MatrixView, inputs: [TowerRows]) {
    self.hidden = hidden
    self.inputs = inputs
  }

  /// First row of each input.
  var starts: [Int] {
    var end = 0
    return inputs.map { input in
      defer { end += input.count }
      return end
    }
  }

  /// Rows of each input, or windows of them where a layer sees no more.
  func segments(isFull: Bool) -> [Range<Int>] {
    zip(starts, inputs).flatMap { start, input in
      input.segments(isFull: isFull).filter { !$0.isEmpty }.map {
        start + $0.lowerBound..<start + $0.upperBound
      }
    }
  }

  /// What is added to the scores of the rows' keys; `nil` for nothing.
  var scoreOffsets: MatrixView? {
    guard inputs.contains(where: { !$0.scoreOffsets.isEmpty }) else { return nil }
    let result = MatrixView(rows: 1, columns: hidden.rows)
    result.withRow(0) { row in
      for (start, input) in zip(starts, inputs) {
        for (index, offset) in input.scoreOffsets.enumerated() { row[start + index] = offset }
      }
    }
    return result
  }

  /// Lets a merger make one row of each of its windows.
  mutating func merge(by merger: TowerMerger, _ workers: Workers) {
    let merged = inputs.map { $0.merged(by: merger.side) }
    let order = zip(starts, merged).flatMap { start, input in input.order.map { start + $0 } }
    hidden = merger.merge(hidden, order: order, workers)
    inputs = merged.map(\.rows)
  }

  /// Lets each input choose among its own rows.
  mutating func prune(by pruner: TowerPruner, _ workers: Workers) {
    var staying: [Int] = []
    for (index, start) in starts.enumerated() {
      let count = inputs[index].count
      let own = hidden[rows: start..<start + count]
      let kept = pruner.prune(&inputs[index], own, workers)
      staying += kept.map { start + $0 }
    }
    guard staying.count < hidden.rows else { return }
    hidden.gather(rows: staying, from: hidden)
    hidden = hidden[rows: 0..<staying.count]
  }
}
