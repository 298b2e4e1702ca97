import CKernels

/// Attention over float32 rows: exact, and what the other path is tested against.
extension Attention {
  private static let queryTile = 128
  private static let keyTile = 256

  func attendTiles(
    _ queries: MatrixView, _ keys: HeadRows, _ values: HeadRows, _ offsets: ScoreOffsets?, _ keyCount: Int,
    _ mask: AttentionMask, _ output: MatrixView, _ workers: Workers
  ) {
    let tiles = QueryTiles(
      queries.rows, of: Self.queryTile, keyCount: keyCount, keyTile: Self.keyTile, heads: keyValueHeads,
      mask: mask
    ).tiles
    workers.perform(queryHeads * tiles.count) { task, worker in
      let (rows, pieces) = tiles[task / queryHeads]
      attendTile(
        head: task % queryHeads, rows, pieces, queries, keys, values, offsets, mask, output,
        scratch: workers.scratch(worker, count: Self.queryTile * (Self.keyTile + 2)))
    }
  }

  private func attendTile(
    head: Int, _ rows: Range<Int>, _ pieces: [Range<Int>], _ queries: MatrixView, _ keys: HeadRows,
    _ values: HeadRows, _ offsets: ScoreOffsets?, _ mask: AttentionMask, _ output: MatrixView,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let columns = head * headWidth..<(head + 1) * headWidth
    let query = queries[rows: rows][columns: columns]
    let target = output[rows: rows][columns: columns]
    let keyBase = keys.base(head: head / group)
    let valueBase = values.base(head: head / group)
    let scores = scratch
    let maxima = scratch + Self.queryTile * Self.keyTile
    let sums = maxima + Self.queryTile
    maxima.update(repeating: -.infinity, count: rows.count)
    sums.update(repeating: 0, count: rows.count)
    target.fill(0)

    for piece in pieces {
      kernels.float32_product(
        espalier_float32_matrix(
          values: keyBase + piece.lowerBound * keys.rowStride, stride: keys.rowStride, outputs: piece.count,
          depth: headWidth, by_inputs: 0),
        query.base, query.stride, rows.count, scale, scores, Self.keyTile, 0)
      for (index, row) in rows.enumerated() {
        let line = scores + index * Self.keyTile
        bound(line, piece.count)
        mask.apply(to: line, keys: piece, query: row, head: head / group)
        offsets?.add(to: line, head: head / group, keys: piece)
        let correction = kernels.online_softmax(line, piece.count, maxima + index, sums + index)
        if correction != 1 { kernels.scale(correction, target.rowBase(index), headWidth) }
      }
      kernels.float32_product(
        espalier_float32_matrix(
          values: valueBase + piece.lowerBound * values.rowStride, stride: values.rowStride,
          outputs: headWidth, depth: piece.count, by_inputs: 1),
        scores, Self.keyTile, rows.count, 1, target.base, target.stride, 1)
    }
    for index in 0..<rows.count {
      kernels.scale(sums[index] > 0 ? 1 / sums[index] : 0, target.rowBase(index), headWidth)
    }
  }

  /// One query row: dot products and a weighted sum.
  func attendOne(
    _ query: MatrixView, _ keys: HeadRows, _ values: HeadRows, _ offsets: ScoreOffsets?, _ keyCount: Int,
    _ window: KeyWindow?, _ output: MatrixView, _ workers: Workers
  ) {
    output.fill(0)
    // Whichever thread takes a part finds its memory there, so that no later step of this length allocates any.
    for worker in 0..<workers.count { _ = workers.scratch(worker, count: (keyCount + 1023) / 1024 * 1024) }
    workers.split(
      keyValueHeads, granularity: 1, operations: 2 * queryHeads * headWidth * keyCount,
      OneQuery(
        attention: self, query: query, keys: keys, values: values, offsets: offsets, keyCount: keyCount,
        window: window, output: output, workers: workers))
  }

  /// Attention of one query row over any KV heads.
  private struct OneQuery: RangeWork {
    let attention: Attention
    let query: MatrixView
    let keys: HeadRows
    let values: HeadRows
    let offsets: ScoreOffsets?
    let keyCount: Int
    let window: KeyWindow?
    let output: MatrixView
    let workers: Workers

    func run(_ heads: Range<Int>, worker: Int) {
      let group = attention.group
      let weights = workers.scratch(worker, count: keyCount)
      for queryHead in heads.lowerBound * group..<heads.upperBound * group {
        let hidden = window?.first(0, head: queryHead / group, of: keyCount) ?? 0
        attention.scores(
          of: query.base, queryHead: queryHead, keys: keys, hidden..<keyCount, into: weights)
        offsets?.add(to: weights + hidden, head: queryHead / group, keys: hidden..<keyCount)
        _ = kernels.softmax(weights + hidden, keyCount - hidden)
        let target = output.base + queryHead * attention.headWidth
        let base = values.base(head: queryHead / group)
        for key in hidden..<keyCount {
          kernels.add_scaled(weights[key], base + key * values.rowStride, target, attention.headWidth)
        }
      }
    }
  }

  /// Scaled scores of one query head over some keys, each at the place of its key.
  func scores(
    of query: UnsafePointer<Float>, queryHead: Int, keys: HeadRows, _ range: Range<Int>,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let base = keys.base(head: queryHead / group)
    for key in range {
      weights[key] =
        scale * kernels.dot(query + queryHead * headWidth, base + key * keys.rowStride, headWidth)
    }
    bound(weights + range.lowerBound, range.count)
  }
}
