public import Compute

/// Keys and values of one decoder layer: a block of rows for each KV head, all heads equally long.
///
/// What is pruned is freed: the blocks are replaced by shorter ones.
public struct LayerCache: Sendable {
  /// KV heads.
  public let heads: Int
  /// Floats in a key or value.
  public let headWidth: Int
  /// Rows in use in every head.
  public private(set) var count = 0
  /// Rows in use that belong to visual tokens, the same number in every head.
  public private(set) var visualCount = 0
  private var capacity = 0
  private var keyBuffer = FloatBuffer(count: 0)
  private var valueBuffer = FloatBuffer(count: 0)

  /// An empty cache.
  public init(heads: Int, headWidth: Int) {
    self.heads = heads
    self.headWidth = headWidth
  }

  /// Keys of all heads.
  public var keys: HeadRows { HeadRows(blocks: keyBuffer, capacity: capacity, headWidth: headWidth) }
  /// Values of all heads.
  public var values: HeadRows { HeadRows(blocks: valueBuffer, capacity: capacity, headWidth: headWidth) }
  /// Bytes of the rows in use, keys and values of all heads.
  public var bytes: Int { 2 * heads * count * headWidth * MemoryLayout<Float>.stride }

  /// Forgets all rows and makes room for `rows`.
  public mutating func reset(capacity rows: Int) {
    if rows > capacity || rows * 2 < capacity {
      capacity = rows
      keyBuffer = FloatBuffer(count: heads * rows * headWidth)
      valueBuffer = FloatBuffer(count: heads * rows * headWidth)
    }
    count = 0
    visualCount = 0
  }

  /// Appends a row a token: `keys` and `values` are `[n x (heads * headWidth)]`, keys already rotated.
  public mutating func append(keys: Matrix, values: Matrix, visual: Int) {
    precondition(
      keys.columns == heads * headWidth && values.columns == keys.columns && keys.rows == values.rows)
    if count + keys.rows > capacity { grow(to: max(count + keys.rows, 2 * capacity)) }
    for head in 0..<heads {
      let columns = head * headWidth..<(head + 1) * headWidth
      block(keyBuffer, head, count..<count + keys.rows).copy(from: keys[columns: columns])
      block(valueBuffer, head, count..<count + keys.rows).copy(from: values[columns: columns])
    }
    count += keys.rows
    visualCount += visual
  }

  /// Forgets the rows after the first `rows`, which must all be text: an answer that was only tried.
  public mutating func truncate(to rows: Int) {
    precondition(rows <= count)
    count = rows
  }

  /// Keeps the listed rows of each head (ascending, equally many in each) and leaves room for `reserve` more.
  public mutating func retain(_ kept: [[Int]], visual: Int, reserve: Int) {
    precondition(kept.count == heads && kept.allSatisfy { $0.count == kept[0].count })
    let rows = kept.first?.count ?? 0
    var shorter = LayerCache(heads: heads, headWidth: headWidth)
    shorter.reset(capacity: rows + reserve)
    for head in 0..<heads {
      shorter.block(shorter.keyBuffer, head, 0..<rows).gather(
        rows: kept[head], from: block(keyBuffer, head, 0..<count))
      shorter.block(shorter.valueBuffer, head, 0..<rows).gather(
        rows: kept[head], from: block(valueBuffer, head, 0..<count))
    }
    shorter.count = rows
    shorter.visualCount = visual
    self = shorter
  }

  /// A copy with memory of its own and room for `reserve` more rows.
  public func copy(reserve: Int) -> LayerCache {
    var result = self
    result.retain(Array(repeating: Array(0..<count), count: heads), visual: visualCount, reserve: reserve)
    return result
  }

  private mutating func grow(to rows: Int) { self = copy(reserve: rows - count) }

  /// Rows of one head as a matrix.
  private func block(_ buffer: FloatBuffer, _ head: Int, _ rows: Range<Int>) -> Matrix {
    Matrix(sharing: buffer, rows: heads * capacity, columns: headWidth)[
      rows: head * capacity + rows.lowerBound..<head * capacity + rows.upperBound]
  }
}

/// The KV cache of a sequence, one entry a layer.
public struct KeyValueCache: Sendable {
  /// Caches by layer.
  public var layers: [LayerCache]

  /// An empty cache for `layers` layers.
  public init(layers: Int, heads: Int, headWidth: Int) {
    self.layers = Array(repeating: LayerCache(heads: heads, headWidth: headWidth), count: layers)
  }

  /// Bytes of the rows in use in all layers.
  public var bytes: Int { layers.reduce(0) { $0 + $1.bytes } }
  /// Visual rows in use, summed over layers.
  public var visualEntries: Int { layers.reduce(0) { $0 + $1.visualCount } }

  /// A copy with memory of its own and room for `reserve` more rows in each layer.
  public func copy(reserve: Int) -> KeyValueCache {
    var result = self
    result.layers = layers.map { $0.copy(reserve: reserve) }
    return result
  }
}
