import CKernels
import COpenBLAS

/// Keys or values of all KV heads: row `i` of head `h` is at `h * headStride + i * rowStride`, `headWidth` floats.
///
/// The fused q/k/v rows of a tower and the per-head blocks of a KV cache are both of this form.
public struct HeadRows: Sendable {
  let buffer: FloatBuffer
  let offset: Int
  let headStride: Int
  let rowStride: Int

  /// Heads side by side in the columns of a matrix.
  public init(columnsOf matrix: Matrix, headWidth: Int) {
    buffer = matrix.buffer
    offset = matrix.offset
    headStride = headWidth
    rowStride = matrix.stride
  }

  /// Heads one after the other, each with room for `capacity` rows.
  public init(blocks buffer: FloatBuffer, offset: Int = 0, capacity: Int, headWidth: Int) {
    self.buffer = buffer
    self.offset = offset
    headStride = capacity * headWidth
    rowStride = headWidth
  }

  func base(head: Int) -> UnsafeMutablePointer<Float> { buffer.base + offset + head * headStride }
}

/// Which keys a query row sees.
public enum AttentionMask: Sendable {
  /// All of them.
  case full
  /// Query row `i` sees keys `0 ... firstQuery + i`.
  case causal(firstQuery: Int)
  /// Causal from row 0, and a visual query sees only the last `window` visual keys, itself included.
  ///
  /// `ordinals[i]` counts the visual tokens before row `i` when row `i` is visual, and is -1 when it is text.
  case hollow(ordinals: [Int32], window: Int)
}

/// Scaled dot-product attention, grouped-query, in tiles with an online softmax: the map is never stored.
public struct Attention: Sendable {
  /// Query heads.
  public let queryHeads: Int
  /// KV heads; query head `h` reads KV head `h / (queryHeads / keyValueHeads)`.
  public let keyValueHeads: Int
  /// Width of a head.
  public let headWidth: Int

  /// Creates attention for the given heads.
  public init(queryHeads: Int, keyValueHeads: Int, headWidth: Int) {
    precondition(keyValueHeads > 0 && queryHeads % keyValueHeads == 0)
    self.queryHeads = queryHeads
    self.keyValueHeads = keyValueHeads
    self.headWidth = headWidth
  }

  var group: Int { queryHeads / keyValueHeads }
  var scale: Float { 1 / Float(headWidth).squareRoot() }

  private static let queryTile = 128
  private static let keyTile = 256

  /// `output[n x (H * dh)]` from queries of the same shape, over `keyCount` keys and values.
  public func attend(
    queries: Matrix, keys: HeadRows, values: HeadRows, keyCount: Int, mask: AttentionMask,
    into output: Matrix,
    _ workers: Workers
  ) {
    precondition(queries.columns == queryHeads * headWidth && output.columns == queries.columns)
    precondition(output.rows == queries.rows)
    if queries.rows == 1, case .causal = mask {
      return attendOne(queries, keys, values, keyCount, output, workers)
    }
    let tiles = (queries.rows + Self.queryTile - 1) / Self.queryTile
    // The last tiles see the most keys under a causal mask: they start first.
    workers.perform(queryHeads * tiles) { task, worker in
      let first = (tiles - 1 - task / queryHeads) * Self.queryTile
      let rows = first..<min(queries.rows, first + Self.queryTile)
      attendTile(
        head: task % queryHeads, rows, queries, keys, values, keyCount, mask, output,
        scratch: workers.scratch(worker, count: Self.queryTile * (Self.keyTile + 2)))
    }
  }

  private func attendTile(
    head: Int, _ rows: Range<Int>, _ queries: Matrix, _ keys: HeadRows, _ values: HeadRows, _ keyCount: Int,
    _ mask: AttentionMask, _ output: Matrix, scratch: UnsafeMutablePointer<Float>
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

    for tile in (0..<mask.keyLimit(rows, keyCount)).tiles(of: Self.keyTile) {
      if mask.hides(tile, from: rows) { continue }
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows.count), blasint(tile.count), blasint(headWidth),
        scale,
        query.base, blasint(query.stride), keyBase + tile.lowerBound * keys.rowStride,
        blasint(keys.rowStride), 0,
        scores, blasint(Self.keyTile))
      for (index, row) in rows.enumerated() {
        let line = scores + index * Self.keyTile
        mask.apply(to: line, keys: tile, query: row)
        let correction = kernels.online_softmax(line, tile.count, maxima + index, sums + index)
        if correction != 1 { kernels.scale(correction, target.rowBase(index), headWidth) }
      }
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows.count), blasint(headWidth),
        blasint(tile.count), 1,
        scores, blasint(Self.keyTile), valueBase + tile.lowerBound * values.rowStride,
        blasint(values.rowStride), 1,
        target.base, blasint(target.stride))
    }
    for index in 0..<rows.count {
      kernels.scale(sums[index] > 0 ? 1 / sums[index] : 0, target.rowBase(index), headWidth)
    }
  }

  /// One query row: dot products and a weighted sum, a K/V head once for its whole group.
  private func attendOne(
    _ query: Matrix, _ keys: HeadRows, _ values: HeadRows, _ keyCount: Int, _ output: Matrix,
    _ workers: Workers
  ) {
    output.fill(0)
    workers.split(keyValueHeads, granularity: 1, operations: 2 * queryHeads * headWidth * keyCount) {
      heads, worker in
      let weights = workers.scratch(worker, count: keyCount)
      for head in heads {
        for queryHead in head * group..<(head + 1) * group {
          scores(of: query.base, queryHead: queryHead, keys: keys, count: keyCount, into: weights)
          _ = kernels.softmax(weights, keyCount)
          let target = output.base + queryHead * headWidth
          let base = values.base(head: head)
          for key in 0..<keyCount {
            kernels.add_scaled(weights[key], base + key * values.rowStride, target, headWidth)
          }
        }
      }
    }
  }

  /// Scaled scores of one query head over the first `count` keys.
  func scores(
    of query: UnsafePointer<Float>, queryHead: Int, keys: HeadRows, count: Int,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let base = keys.base(head: queryHead / group)
    for key in 0..<count {
      weights[key] =
        scale * kernels.dot(query + queryHead * headWidth, base + key * keys.rowStride, headWidth)
    }
  }

  /// The attention map rows of some queries: `[(queries * H) x keyCount]`, row `q * H + h`, each a softmax over the
  /// keys that row `q` sees. For the few rows PLPHP looks at (section 3 of the methods); the map stays unstored.
  public func rows(of queries: Matrix, keys: HeadRows, visibleKeys: [Int], keyCount: Int) -> Matrix {
    precondition(queries.columns == queryHeads * headWidth && visibleKeys.count == queries.rows)
    let result = Matrix(rows: queries.rows * queryHeads, columns: keyCount)
    for row in 0..<queries.rows {
      for head in 0..<queryHeads {
        let line = result.rowBase(row * queryHeads + head)
        let visible = min(keyCount, visibleKeys[row])
        scores(of: queries.rowBase(row), queryHead: head, keys: keys, count: visible, into: line)
        _ = kernels.softmax(line, visible)
      }
    }
    return result
  }
}

extension AttentionMask {
  /// Keys that some row of `rows` may see: the exclusive upper bound.
  fileprivate func keyLimit(_ rows: Range<Int>, _ keyCount: Int) -> Int {
    switch self {
    case .full: keyCount
    case .causal(let first): min(keyCount, first + rows.upperBound)
    case .hollow: min(keyCount, rows.upperBound)
    }
  }

  /// Whether no row of `rows` sees any key of `tile`: such a tile costs nothing.
  fileprivate func hides(_ tile: Range<Int>, from rows: Range<Int>) -> Bool {
    guard case .hollow(let ordinals, let window) = self else { return false }
    // Ordinals ascend, so the first row and the last key are the closest pair.
    guard let first = rows.first, let last = tile.last, last < first else { return false }
    let nearest = ordinals[last]
    guard nearest >= 0, tile.allSatisfy({ ordinals[$0] >= 0 }) else { return false }
    return rows.allSatisfy { ordinals[$0] >= 0 && Int(ordinals[$0] - nearest) >= window }
  }

  /// Hides what the row must not see by minus infinity.
  fileprivate func apply(to scores: UnsafeMutablePointer<Float>, keys: Range<Int>, query: Int) {
    switch self {
    case .full: break
    case .causal(let first): hideFuture(scores, keys, query: first + query)
    case .hollow(let ordinals, let window):
      hideFuture(scores, keys, query: query)
      let own = ordinals[query]
      guard own >= 0 else { return }
      for key in keys where key <= query && ordinals[key] >= 0 && Int(own - ordinals[key]) >= window {
        scores[key - keys.lowerBound] = -.infinity
      }
    }
  }

  private func hideFuture(_ scores: UnsafeMutablePointer<Float>, _ keys: Range<Int>, query: Int) {
    let visible = max(0, min(keys.count, query + 1 - keys.lowerBound))
    (scores + visible).update(repeating: -.infinity, count: keys.count - visible)
  }
}
