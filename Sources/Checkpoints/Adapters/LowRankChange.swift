/// What a low-rank adapter adds to a matrix, `scale * up * down` (LoRA, equation 3).
struct LowRankChange: Sendable {
  /// `[rows x rank]`.
  let up: SourceTensor
  /// `[rank x columns]`.
  let down: SourceTensor
  let scale: Float

  /// Adds to elements `range` of the flattened matrix.
  func add(to values: inout [Float], _ range: Range<Int>) {
    let (rank, columns) = (down.shape[0], down.shape[1])
    let rows = range.lowerBound / columns..<(range.upperBound + columns - 1) / columns
    // Whole rows share what is read of `down`; a part of one needs no more than its columns.
    let first = rows.count == 1 ? range.lowerBound % columns : 0
    let width = rows.count == 1 ? range.count : columns
    let band = (0..<rank).map { down.floats($0 * columns + first..<$0 * columns + first + width) }
    for row in rows {
      let start = max(range.lowerBound, row * columns)
      let end = min(range.upperBound, (row + 1) * columns)
      let factors = up.floats(row * rank..<(row + 1) * rank)
      let (target, source) = (start - range.lowerBound, start - row * columns - first)
      for (factor, down) in zip(factors, band) {
        let factor = factor * scale
        values.withUnsafeMutableBufferPointer { values in
          // Both are within: `range` is within the matrix, and the band has the columns of it.
          for place in 0..<end - start { values[target + place] += factor * down[source + place] }
        }
      }
    }
  }
}
