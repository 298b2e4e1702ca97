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
  /// Position of each row, `[heads x capacity]`, where some are asked for.
  private var positionStorage: FloatBuffer?
  /// Whether the position of each row is kept, for a sliding window.
  public let keepsPositions: Bool

  /// A block of rows for each head, or panels.
  private enum Storage {
    case blocks(keys: FloatBuffer, values: FloatBuffer)
    case panels(KeyValuePanels)
  }

  /// An empty cache.
  public init(heads: Int, headWidth: Int, precision: CachePrecision, keepsPositions: Bool = false) {
    self.keepsPositions = keepsPositions
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

  /// Positions of the rows, ascending in each head; `nil` where they are not kept.
  var positions: EntryNumbers? { positionStorage.map { EntryNumbers($0, capacity: capacity) } }

  /// Bytes of what is told of a row beside its key and value.
  private var toldBytes: Int { (offsetStorage == nil ? 0 : 4) + (positionStorage == nil ? 0 : 4) }

  /// Bytes of the rows in use, keys and values of all heads, and what is added to their scores.
  public var bytes: Int {
    heads * count * (2 * headWidth * precision.elementSize + toldBytes)
  }

  /// Bytes of memory, rows that there is room for included.
  public var allocatedBytes: Int {
    heads * capacity * (2 * headWidth * precision.elementSize + toldBytes)
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
    positionStorage = nil
  }

  /// Appends a row a token: `keys` and `values` are `[n x (heads * headWidth)]`, keys already rotated; `offsets` are added
  /// to the scores of the rows, one each or none at all. The row `i` of them is at the position that `position` says.
  public func append(
    keys: MatrixView, values: MatrixView, offsets: [Float] = [], visual: Int, _ workers: Workers,
    position: (Int) -> Int = { _ in 0 }
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
    if offsetStorage != nil || !offsets.isEmpty {
      store(in: &offsetStorage, rows: keys.rows) { offsets.isEmpty ? 0 : offsets[$0] }
    }
    if keepsPositions { store(in: &positionStorage, rows: keys.rows) { Float(position($0)) } }
    count += keys.rows
    visualCount += visual
  }

  /// Stores what is told of the next rows, the same for all heads.
  private func store(in storage: inout FloatBuffer?, rows: Int, _ value: (Int) -> Float) {
    let buffer = storage ?? FloatBuffer(count: heads * capacity)
    let matrix = MatrixView(sharing: buffer, rows: heads, columns: capacity)
    for head in 0..<heads {
      matrix.withRow(head) { row in for index in 0..<rows { row[count + index] = value(index) } }
    }
    storage = buffer
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
    (storage, capacity) = (shorter.storage, shorter.capacity)
    (offsetStorage, positionStorage) = (shorter.offsetStorage, shorter.positionStorage)
    (count, visualCount) = (shorter.count, shorter.visualCount)
  }

  /// A cache of the listed rows of each head (ascending, equally many in each) with room for `reserve` more; this one
  /// stays as it is.
  public func retaining(_ kept: [[Int]], visual: Int, reserve: Int) -> LayerCache {
    precondition(kept.count == heads && kept.allSatisfy { $0.count == kept[0].count })
    let rows = kept.first?.count ?? 0
    let shorter = LayerCache(
      heads: heads, headWidth: headWidth, precision: precision, keepsPositions: keepsPositions)
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
    shorter.offsetStorage = offsetStorage.map { told($0, of: kept, for: shorter.capacity) }
    shorter.positionStorage = positionStorage.map { told($0, of: kept, for: shorter.capacity) }
    shorter.count = rows
    shorter.visualCount = visual
    return shorter
  }

  /// What is told of the listed rows of each head, with room for so many.
  private func told(_ storage: FloatBuffer, of kept: [[Int]], for capacity: Int) -> FloatBuffer {
    let buffer = FloatBuffer(count: heads * capacity)
    let source = MatrixView(sharing: storage, rows: heads, columns: self.capacity)
    let target = MatrixView(sharing: buffer, rows: heads, columns: capacity)
    for head in 0..<heads {
      for (index, row) in kept[head].enumerated() { target[head, index] = source[head, row] }
    }
    return buffer
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
