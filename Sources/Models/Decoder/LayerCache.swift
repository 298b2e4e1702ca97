public import Compute

/// Keys and values of one decoder layer, all KV heads equally long.
///
/// What is pruned is freed: the memory is replaced by shorter memory. A cache belongs to one sequence; `copy` makes
/// another one for a branch of it.
public final class LayerCache: LayerMemory {
  /// KV heads.
  public let heads: Int
  /// Elements of a key or value.
  public let headWidth: Int
  /// How the elements are stored.
  public let precision: CachePrecision
  /// Rows in use in every head.
  public private(set) var count = 0
  /// Rows in use that belong to visual tokens, the same number in every head.
  public private(set) var visualCount = 0
  /// Rows there is room for.
  private(set) var capacity = 0
  private var storage: Storage
  /// What is added to the scores of each row, `[heads x capacity]`; `nil` where every row stands for itself alone.
  private var offsetStorage: FloatBuffer?

  /// A block of rows for each head, or panels.
  private enum Storage {
    case blocks(keys: FloatBuffer, values: FloatBuffer)
    case panels(KeyValuePanels)
  }

  /// An empty cache.
  public init(heads: Int, headWidth: Int, precision: CachePrecision) {
    self.heads = heads
    self.headWidth = headWidth
    self.precision = precision
    storage = Self.storage(precision, heads, headWidth, 0)
  }

  private static func storage(
    _ precision: CachePrecision, _ heads: Int, _ headWidth: Int, _ capacity: Int
  ) -> Storage {
    switch precision {
    case .float32:
      let floats = heads * capacity * headWidth
      return .blocks(keys: FloatBuffer(count: floats), values: FloatBuffer(count: floats))
    case .bfloat16:
      return .panels(KeyValuePanels(heads: heads, headWidth: headWidth, capacity: capacity))
    }
  }

  /// As many as rows.
  public var entryCount: Int { count }
  /// Yes.
  public var hasEntries: Bool { true }

  /// The rows, as attention reads them.
  public var entries: KeyValues {
    switch storage {
    case .blocks(let keys, let values):
      .rows(
        keys: HeadRows(blocks: keys, capacity: capacity, headWidth: headWidth),
        values: HeadRows(blocks: values, capacity: capacity, headWidth: headWidth))
    case .panels(let panels): .panels(panels)
    }
  }

  /// What is added to the scores of each row; `nil` for nothing.
  public var offsets: ScoreOffsets? { offsetStorage.map { ScoreOffsets($0, capacity: capacity) } }

  /// Bytes of the rows in use, keys and values of all heads, and what is added to their scores.
  public var bytes: Int {
    heads * count * (2 * headWidth * precision.elementSize + (offsetStorage == nil ? 0 : 4))
  }

  /// Bytes of memory, rows that there is room for included.
  public var allocatedBytes: Int {
    heads * capacity * (2 * headWidth * precision.elementSize + (offsetStorage == nil ? 0 : 4))
  }

  /// Forgets all rows and makes room for `rows`.
  public func reset(capacity rows: Int) {
    if rows > capacity || rows * 2 < capacity {
      capacity = rows
      storage = Self.storage(precision, heads, headWidth, rows)
    }
    count = 0
    visualCount = 0
    offsetStorage = nil
  }

  /// Appends a row a token: `keys` and `values` are `[n x (heads * headWidth)]`, keys already rotated; `offsets` are added
  /// to the scores of the rows, one each or none at all.
  public func append(
    keys: MatrixView, values: MatrixView, offsets: [Float] = [], visual: Int, _ workers: Workers
  ) {
    precondition(
      keys.columns == heads * headWidth && values.columns == keys.columns && keys.rows == values.rows)
    if count + keys.rows > capacity { grow(to: max(count + keys.rows, 2 * capacity)) }
    switch storage {
    case .blocks(let keyBuffer, let valueBuffer):
      let rows = count..<count + keys.rows
      for head in 0..<heads {
        let columns = head * headWidth..<(head + 1) * headWidth
        block(keyBuffer, head, rows).copy(from: keys[columns: columns])
        block(valueBuffer, head, rows).copy(from: values[columns: columns])
      }
    case .panels(let panels): panels.store(keys: keys, values: values, at: count, workers)
    }
    store(offsets, rows: keys.rows)
    count += keys.rows
    visualCount += visual
  }

  /// Stores what is added to the scores of the next rows.
  private func store(_ offsets: [Float], rows: Int) {
    guard offsetStorage != nil || !offsets.isEmpty else { return }
    let buffer = offsetStorage ?? FloatBuffer(count: heads * capacity)
    let matrix = MatrixView(sharing: buffer, rows: heads, columns: capacity)
    for head in 0..<heads {
      matrix.withRow(head) { row in
        for index in 0..<rows { row[count + index] = offsets.isEmpty ? 0 : offsets[index] }
      }
    }
    offsetStorage = buffer
  }

  /// Nothing: it comes back to any row.
  public func save() {}

  /// Any rows.
  public func returnPoint(atMost rows: Int) -> Int { min(rows, count) }

  /// Forgets the rows after the first `rows`, which must all be text: an answer that was only tried.
  public func truncate(to rows: Int) {
    precondition(rows <= count)
    count = rows
  }

  /// Keeps the listed rows of each head (ascending, equally many in each) and leaves room for `reserve` more.
  public func retain(_ kept: [[Int]], visual: Int, reserve: Int) {
    let shorter = retaining(kept, visual: visual, reserve: reserve)
    (storage, offsetStorage, capacity) = (shorter.storage, shorter.offsetStorage, shorter.capacity)
    (count, visualCount) = (shorter.count, shorter.visualCount)
  }

  /// A cache of the listed rows of each head (ascending, equally many in each) with room for `reserve` more; this one
  /// stays as it is.
  public func retaining(_ kept: [[Int]], visual: Int, reserve: Int) -> LayerCache {
    precondition(kept.count == heads && kept.allSatisfy { $0.count == kept[0].count })
    let rows = kept.first?.count ?? 0
    let shorter = LayerCache(heads: heads, headWidth: headWidth, precision: precision)
    shorter.reset(capacity: rows + reserve)
    switch (storage, shorter.storage) {
    case (.blocks(let keys, let values), .blocks(let shorterKeys, let shorterValues)):
      for head in 0..<heads {
        shorter.block(shorterKeys, head, 0..<rows).gather(
          rows: kept[head], from: block(keys, head, 0..<count))
        shorter.block(shorterValues, head, 0..<rows).gather(
          rows: kept[head], from: block(values, head, 0..<count))
      }
    case (.panels(let panels), .panels(let shorterPanels)): shorterPanels.gather(kept, from: panels)
    default: preconditionFailure("a cache keeps its precision")
    }
    shorter.offsetStorage = offsetStorage.map { offsets in
      let buffer = FloatBuffer(count: heads * shorter.capacity)
      let source = MatrixView(sharing: offsets, rows: heads, columns: capacity)
      let target = MatrixView(sharing: buffer, rows: heads, columns: shorter.capacity)
      for head in 0..<heads {
        for (index, row) in kept[head].enumerated() { target[head, index] = source[head, row] }
      }
      return buffer
    }
    shorter.count = rows
    shorter.visualCount = visual
    return shorter
  }

  /// A copy with memory of its own and room for `reserve` more rows.
  public func copy(reserve: Int) -> any LayerMemory {
    retaining(allRows, visual: visualCount, reserve: reserve)
  }

  /// A copy of the first rows; those behind them must all be text.
  public func copy(first rows: Int) -> any LayerMemory {
    precondition(rows <= count)
    return retaining(
      Array(repeating: Array(0..<rows), count: heads), visual: visualCount, reserve: 0)
  }

  /// Makes room for `rows` more.
  public func reserve(_ rows: Int) { if count + rows > capacity { grow(to: count + rows) } }

  private func grow(to rows: Int) { retain(allRows, visual: visualCount, reserve: rows - count) }

  private var allRows: [[Int]] { Array(repeating: Array(0..<count), count: heads) }

  /// Rows of one head as a matrix.
  private func block(_ buffer: FloatBuffer, _ head: Int, _ rows: Range<Int>) -> MatrixView {
    MatrixView(sharing: buffer, rows: heads * capacity, columns: headWidth)[
      rows: head * capacity + rows.lowerBound..<head * capacity + rows.upperBound]
  }
}
