import CKernels

/// Attention over bfloat16 panels: scores and weighted sums are products of the weights' kernels.
extension Attention {
  private static let queryTile = 48
  /// Pairs of a tile are a plain row of the kernels.
  private static let keyTile = 2 * ESPALIER_PLAIN_STRIDE

  func attendTiles(
    _ queries: MatrixView, _ panels: KeyValuePanels, _ offsets: ScoreOffsets?, _ keyCount: Int,
    _ mask: AttentionMask, _ output: MatrixView, _ workers: Workers
  ) {
    let tiles = QueryTiles(
      queries.rows, of: Self.queryTile, keyCount: keyCount, keyTile: Self.keyTile, heads: keyValueHeads,
      mask: mask
    ).tiles
    workers.perform(queryHeads * tiles.count) { task, worker in
      let (rows, pieces) = tiles[task / queryHeads]
      let head = task % queryHeads
      let tile = PanelTile(self, rows.count, workers, worker)
      tile.start(queries.base + rows.lowerBound * queries.stride + head * headWidth, stride: queries.stride)
      let target = output.base + rows.lowerBound * output.stride + head * headWidth
      for piece in pieces {
        tile.score(panels.keys(head: head / group, piece))
        for (index, row) in rows.enumerated() {
          bound(tile.line(index), piece.count)
          mask.apply(to: tile.line(index), keys: piece, query: row, head: head / group)
          offsets?.add(to: tile.line(index), head: head / group, keys: piece)
        }
        tile.add(
          panels.values(head: head / group, piece), to: target, stride: output.stride,
          isFirst: piece == pieces.first)
      }
      tile.finish(target, stride: output.stride)
    }
  }

  /// One query row: a key or value is read once for its whole group.
  func attendOne(
    _ query: MatrixView, _ panels: KeyValuePanels, _ offsets: ScoreOffsets?, _ keyCount: Int,
    _ window: KeyWindow?, _ output: MatrixView, _ workers: Workers
  ) {
    // Whichever thread takes a part finds its memory there, so that no later step allocates any.
    for worker in 0..<workers.count { _ = PanelTile(self, 1, workers, worker) }
    workers.split(
      keyValueHeads, granularity: 1, operations: 2 * queryHeads * headWidth * keyCount,
      OneQuery(
        attention: self, query: query, panels: panels, offsets: offsets, keyCount: keyCount, window: window,
        output: output, workers: workers))
  }

  /// Attention of one query row over any KV heads.
  private struct OneQuery: RangeWork {
    let attention: Attention
    let query: MatrixView
    let panels: KeyValuePanels
    let offsets: ScoreOffsets?
    let keyCount: Int
    let window: KeyWindow?
    let output: MatrixView
    let workers: Workers

    func run(_ heads: Range<Int>, worker: Int) {
      let (group, headWidth) = (attention.group, attention.headWidth)
      for head in heads {
        // A piece starts at a block of 16 keys, of which the window may hide some.
        let hidden = window?.first(0, head: head, of: keyCount) ?? 0
        let start = hidden / 16 * 16
        var done = 0
        while done < group {
          let rows = min(queryTile, group - done)
          let offset = (head * group + done) * headWidth
          let tile = PanelTile(attention, rows, workers, worker)
          tile.start(query.base + offset, stride: headWidth)
          var first = start
          while first < keyCount {
            let piece = first..<min(keyCount, first + keyTile)
            tile.score(panels.keys(head: head, piece))
            for row in 0..<rows { attention.bound(tile.line(row), piece.count) }
            if let offsets {
              for row in 0..<rows { offsets.add(to: tile.line(row), head: head, keys: piece) }
            }
            if first < hidden {
              for row in 0..<rows { tile.line(row).update(repeating: -.infinity, count: hidden - first) }
            }
            tile.add(
              panels.values(head: head, piece), to: output.base + offset, stride: headWidth,
              isFirst: first == start)
            first = piece.upperBound
          }
          tile.finish(output.base + offset, stride: headWidth)
          done += rows
        }
      }
    }
  }

  /// Some query rows of one KV head on their way over the keys.
  ///
  /// Invariant: the pointers address a worker's scratch, which nothing else uses until the tile is finished.
  private struct PanelTile {
    private let rows: Int
    private let headWidth: Int
    private let scale: Float
    private let scores: UnsafeMutablePointer<Float>  // [rows x keyTile]
    private let maxima: UnsafeMutablePointer<Float>
    private let sums: UnsafeMutablePointer<Float>
    private let queries: UnsafeMutablePointer<UInt8>  // pairs
    private let weights: UnsafeMutablePointer<UInt8>  // pairs

    init(_ attention: Attention, _ rows: Int, _ workers: Workers, _ worker: Int) {
      self.rows = rows
      headWidth = attention.headWidth
      scale = attention.scale
      scores = workers.scratch(worker, count: queryTile * (keyTile + 2))
      maxima = scores + queryTile * keyTile
      sums = maxima + queryTile
      let queryPairs = (headWidth + 1) / 2
      queries = workers.pairScratch(worker, rows: queryTile, stride: queryPairs + keyTile / 2)
      weights = queries + queryTile * queryPairs * kernels.pair_bytes
    }

    private var queryStride: Int { (headWidth + 1) / 2 }

    /// Scores of row `index` over the piece at hand.
    func line(_ index: Int) -> UnsafeMutablePointer<Float> { scores + index * keyTile }

    func start(_ query: UnsafePointer<Float>, stride: Int) {
      maxima.update(repeating: -.infinity, count: rows)
      sums.update(repeating: 0, count: rows)
      pairRows(
        0..<rows, query, stride: stride, columns: headWidth, factor: scale, into: queries,
        pairStride: queryStride)
    }

    func score(_ keys: espalier_bfloat16_panels) {
      kernels.bfloat16_product(
        keys, espalier_paired_rows(values: queries, stride: queryStride, count: rows), scores, keyTile, 0)
    }

    /// Turns the scores into weights of `values.depth` entries and adds the weighted values to what pieces before
    /// have left in `target`.
    func add(
      _ values: espalier_bfloat16_panels, to target: UnsafeMutablePointer<Float>, stride: Int, isFirst: Bool
    ) {
      let count = values.depth
      let paired = kernels.online_softmax_pairs
      for index in 0..<rows {
        let correction =
          if let paired { paired(line(index), count, maxima + index, sums + index, plainRow(index)) } else {
            kernels.online_softmax(line(index), count, maxima + index, sums + index)
          }
        if correction != 1, !isFirst { kernels.scale(correction, target + index * stride, headWidth) }
      }
      let accumulating: Int32 = isFirst ? 0 : 1
      if paired != nil {
        kernels.bfloat16_plain(values, pairs(at: weights), target, stride, accumulating)
      } else if let plain = kernels.bfloat16_plain {
        // Pairs of float32 are the scores as they are.
        if count % 2 == 1 { for index in 0..<rows { line(index)[count] = 0 } }
        scores.withMemoryRebound(to: UInt8.self, capacity: 4 * queryTile * keyTile) {
          plain(values, pairs(at: $0), target, stride, accumulating)
        }
      } else {
        pairRows(
          0..<rows, scores, stride: keyTile, columns: count, factor: 1, into: weights, pairStride: keyTile / 2
        )
        kernels.bfloat16_product(values, pairs(at: weights), target, stride, accumulating)
      }
    }

    private func plainRow(_ index: Int) -> UnsafeMutablePointer<UInt8> {
      weights + index * keyTile / 2 * kernels.pair_bytes
    }

    private func pairs(at base: UnsafeMutablePointer<UInt8>) -> espalier_paired_rows {
      espalier_paired_rows(values: base, stride: keyTile / 2, count: rows)
    }

    func finish(_ target: UnsafeMutablePointer<Float>, stride: Int) {
      for index in 0..<rows {
        kernels.scale(sums[index] > 0 ? 1 / sums[index] : 0, target + index * stride, headWidth)
      }
    }
  }
}
