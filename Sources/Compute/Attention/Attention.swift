import CKernels

/// Scaled dot-product attention, grouped-query, in tiles with an online softmax: the map is never stored.
public struct Attention: Sendable {
  /// Query heads.
  public let queryHeads: Int
  /// KV heads; query head `h` reads KV head `h / (queryHeads / keyValueHeads)`.
  public let keyValueHeads: Int
  /// Width of a head.
  public let headWidth: Int
  /// Factor of the scores.
  let scale: Float
  /// Bound that scores come near to; 0 for none.
  private let cap: Float

  /// Creates attention for the given heads; without a `scale`, scores are divided by the root of a head's width. With a `cap`
  /// they become `cap tanh(score / cap)`.
  public init(queryHeads: Int, keyValueHeads: Int, headWidth: Int, scale: Float? = nil, cap: Float = 0) {
    precondition(keyValueHeads > 0 && queryHeads % keyValueHeads == 0)
    self.queryHeads = queryHeads
    self.keyValueHeads = keyValueHeads
    self.headWidth = headWidth
    self.scale = scale ?? 1 / Float(headWidth).squareRoot()
    self.cap = cap
  }

  /// Bounds scaled scores, before any is hidden.
  func bound(_ scores: UnsafeMutablePointer<Float>, _ count: Int) {
    if cap > 0 { kernels.soft_cap(scores, cap, count) }
  }

  var group: Int { queryHeads / keyValueHeads }

  /// `output[n x (H * dh)]` from queries of the same shape, over the first `keyCount` keys and values.
  public func attend(
    queries: MatrixView, to entries: KeyValues, offsets: ScoreOffsets? = nil, keyCount: Int,
    mask: AttentionMask, into output: MatrixView, _ workers: Workers
  ) {
    precondition(queries.columns == queryHeads * headWidth && output.columns == queries.columns)
    precondition(output.rows == queries.rows)
    let isOne = queries.rows == 1 && mask.isBehind(keyCount)
    let window = isOne ? mask.window : nil
    switch entries {
    case .rows(let keys, let values):
      if isOne {
        attendOne(queries, keys, values, offsets, keyCount, window, output, workers)
      } else {
        attendTiles(queries, keys, values, offsets, keyCount, mask, output, workers)
      }
    case .panels(let panels):
      precondition(
        panels.heads == keyValueHeads && panels.headWidth == headWidth && keyCount <= panels.capacity)
      if isOne {
        attendOne(queries, panels, offsets, keyCount, window, output, workers)
      } else {
        attendTiles(queries, panels, offsets, keyCount, mask, output, workers)
      }
    }
  }

  /// The attention map rows of some queries: `[(queries * H) x keyCount]`, row `q * H + h`, each a softmax over the
  /// keys that row `q` sees: the first `visibleKeys[q]`, and of them those within a window. For the few rows that pruning
  /// methods look at; the whole map is never stored.
  public func rows(
    of queries: MatrixView, over entries: KeyValues, offsets: ScoreOffsets? = nil, visibleKeys: [Int],
    window: KeyWindow? = nil, keyCount: Int, _ workers: Workers
  ) -> MatrixView {
    precondition(queries.columns == queryHeads * headWidth && visibleKeys.count == queries.rows)
    let result = MatrixView(rows: queries.rows * queryHeads, columns: keyCount)
    for row in 0..<queries.rows {
      let visible = min(keyCount, visibleKeys[row])
      let lines = result[rows: row * queryHeads..<(row + 1) * queryHeads]
      switch entries {
      case .rows(let keys, _):
        for head in 0..<queryHeads {
          scores(
            of: queries.rowBase(row), queryHead: head, keys: keys, 0..<visible, into: lines.rowBase(head))
        }
      case .panels(let panels):
        for head in 0..<keyValueHeads {
          let query = queries.rowBase(row) + head * group * headWidth
          let pairs = workers.pairScratch(0, rows: group, stride: (headWidth + 1) / 2)
          pairRows(
            0..<group, query, stride: headWidth, columns: headWidth, factor: scale, into: pairs,
            pairStride: (headWidth + 1) / 2)
          kernels.bfloat16_product(
            panels.keys(head: head, 0..<visible),
            espalier_paired_rows(values: pairs, stride: (headWidth + 1) / 2, count: group),
            lines.rowBase(head * group), lines.stride, 0)
        }
        for head in 0..<queryHeads { bound(lines.rowBase(head), visible) }
      }
      for head in 0..<queryHeads {
        offsets?.add(to: lines.rowBase(head), head: head / group, keys: 0..<visible)
        let hidden = window?.first(row, head: head / group, of: visible) ?? 0
        lines.rowBase(head).update(repeating: -.infinity, count: hidden)
        _ = kernels.softmax(lines.rowBase(head), visible)
      }
    }
    return result
  }
}

/// Tiles of queries, each with the keys it sees: the same for every head.
struct QueryTiles {
  private(set) var tiles: [(rows: Range<Int>, keys: [Range<Int>])]

  init(_ rows: Int, of size: Int, keyCount: Int, keyTile: Int, heads: Int, mask: AttentionMask) {
    tiles = (0..<rows).tiles(of: size).map { rows in
      (rows, mask.visibleKeys(to: rows, of: keyCount, size: keyTile, heads: heads))
    }
    // The last tiles see the most keys under a causal mask: they start first.
    tiles.reverse()
  }
}
