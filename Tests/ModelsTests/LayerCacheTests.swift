import CKernels
@testable import Compute
import Models
import TestSupport
import Testing

/// The cache holds exactly the entries that were not pruned, head by head.
@Suite(.endsWithin(minutes: 1)) struct LayerCacheTests {
  private static let heads = 2
  private static let width = 3

  @Test(arguments: CachePrecision.allCases) func `an empty cache holds nothing and costs nothing`(
    precision: CachePrecision
  ) {
    let cache = LayerCache(heads: 2, headWidth: 3, precision: precision)
    #expect(cache.count == 0 && cache.visualCount == 0 && cache.bytes == 0)
  }

  @Test(arguments: CachePrecision.allCases, [0, 1, 4, 100])
  func `appended rows are read back head by head, with and without growth`(
    precision: CachePrecision, capacity: Int
  ) {
    let cache = LayerCache(heads: Self.heads, headWidth: Self.width, precision: precision)
    cache.reset(capacity: capacity)
    for first in [0, 4, 5] { append(first..<(first == 0 ? 4 : first + 1), visual: 1, to: cache) }
    #expect(cache.count == 6 && cache.visualCount == 3)
    for head in 0..<2 { #expect(cache.keyRows(head) == (0..<6).map { Self.key($0, head) }) }
    for head in 0..<2 { #expect(cache.valueRows(head) == (0..<6).map { Self.key($0 + 100, head) }) }
  }

  @Test(arguments: CachePrecision.allCases)
  func `bytes count the rows in use of keys and values of all heads`(
    precision: CachePrecision
  ) {
    let cache = LayerCache(heads: 2, headWidth: 3, precision: precision)
    cache.reset(capacity: 50)
    append(0..<5, visual: 0, to: cache)
    #expect(cache.bytes == 5 * 2 * 3 * 2 * (precision == .float32 ? 4 : 2))
  }

  @Test(arguments: CachePrecision.allCases)
  func `truncating forgets the last rows, and new ones take their place`(
    precision: CachePrecision
  ) {
    let cache = filled(6, precision)
    cache.truncate(to: 4)
    append(20..<21, visual: 0, to: cache)
    for head in 0..<2 { #expect(cache.keyRows(head) == [0, 1, 2, 3, 20].map { Self.key($0, head) }) }
  }

  @Test(arguments: CachePrecision.allCases) func `each head keeps its own rows`(
    precision: CachePrecision
  ) {
    let cache = filled(6, precision)
    cache.retain([[0, 2, 5], [1, 2, 3]], visual: 2, reserve: 0)
    #expect(cache.count == 3 && cache.visualCount == 2)
    #expect(cache.keyRows(0) == [0, 2, 5].map { Self.key($0, 0) })
    #expect(cache.keyRows(1) == [1, 2, 3].map { Self.key($0, 1) })
    #expect(cache.valueRows(0) == [100, 102, 105].map { Self.key($0, 0) })
    #expect(cache.valueRows(1) == [101, 102, 103].map { Self.key($0, 1) })
  }

  @Test(arguments: CachePrecision.allCases) func `pruned entries are freed, not masked`(
    precision: CachePrecision
  ) {
    let cache = filled(64, precision)
    let before = cache.bytes
    cache.retain(Array(repeating: Array(0..<16), count: 2), visual: 0, reserve: 2)
    #expect(cache.bytes * 4 == before)
    // Panels have room for whole sixteens of entries and, of each value, whole sixteens of elements.
    #expect(cache.memoryBytes == (precision == .float32 ? 18 * 2 * 2 * 3 * 4 : 32 * 2 * (4 + 16) * 2))
  }

  @Test(arguments: CachePrecision.allCases)
  func `rows reserved behind a retention are there without another allocation`(
    precision: CachePrecision
  ) {
    let cache = filled(8, precision)
    cache.retain([[0, 1], [6, 7]], visual: 0, reserve: 3)
    let memory = cache.memory
    append(30..<33, visual: 0, to: cache)
    #expect(cache.memory == memory)
    #expect(cache.keyRows(1) == [6, 7, 30, 31, 32].map { Self.key($0, 1) })
    append(33..<34, visual: 0, to: cache)
    #expect(cache.memory != memory)
    #expect(cache.keyRows(0) == [0, 1, 30, 31, 32, 33].map { Self.key($0, 0) })
  }

  @Test(arguments: CachePrecision.allCases)
  func `keeping no row leaves an empty cache that can be filled again`(
    precision: CachePrecision
  ) {
    let cache = filled(4, precision)
    cache.retain([[], []], visual: 0, reserve: 0)
    #expect(cache.count == 0 && cache.bytes == 0)
    append(7..<9, visual: 2, to: cache)
    #expect(cache.keyRows(1) == [Self.key(7, 1), Self.key(8, 1)])
  }

  @Test(arguments: CachePrecision.allCases) func `a copy shares no memory`(
    precision: CachePrecision
  ) throws {
    let cache = filled(3, precision)
    let copy = try #require(cache.copy(reserve: 1) as? LayerCache)
    copy.truncate(to: 1)
    append(50..<52, visual: 0, to: copy)
    #expect(cache.keyRows(0) == (0..<3).map { Self.key($0, 0) })
    #expect(copy.keyRows(0) == [0, 50, 51].map { Self.key($0, 0) })
  }

  @Test(arguments: CachePrecision.allCases)
  func `a reset forgets all rows and gives up memory that is much too large`(
    precision: CachePrecision
  ) {
    let cache = filled(64, precision)
    cache.reset(capacity: 10)
    #expect(cache.count == 0 && cache.visualCount == 0)
    #expect(cache.memoryBytes == (precision == .float32 ? 10 * 2 * 2 * 3 * 4 : 16 * 2 * (4 + 16) * 2))
  }

  @Test(arguments: CachePrecision.allCases) func `a cache of layers adds up its layers`(
    precision: CachePrecision
  ) {
    let layers = (0..<3).map { _ in LayerCache(heads: 2, headWidth: 3, precision: precision) }
    for (layer, cache) in layers.enumerated() {
      cache.reset(capacity: 8)
      append(0..<layer + 1, visual: layer, to: cache)
    }
    let cache = KeyValueCache(layers: layers)
    #expect(cache.bytes == (1 + 2 + 3) * (precision == .float32 ? 48 : 24))
    #expect(cache.visualEntries == 3)
    #expect(cache.copy(reserve: 4).bytes == cache.bytes)
  }

  @Test(arguments: CachePrecision.allCases)
  func `what is added to scores stays with its row, in every head`(precision: CachePrecision) {
    let cache = filled(2, precision)
    #expect(cache.offsets == nil)
    let bytes = cache.bytes
    append(2..<5, visual: 3, offsets: [0, 1, 2], to: cache)
    // Rows before and behind have none; memory that grows and shrinks keeps them.
    append(5..<40, visual: 0, to: cache)
    #expect(cache.offsetRow(0) == [0, 0, 0, 1, 2] + Array(repeating: 0, count: 35))
    #expect(cache.bytes == 20 * bytes + 40 * Self.heads * 4)
    let branch = cache.retaining([[0, 3, 9], [1, 3, 4]], visual: 2, reserve: 1)
    #expect(branch.offsetRow(0) == [0, 1, 0] && branch.offsetRow(1) == [0, 1, 2])
    append(50..<52, visual: 0, to: branch)
    #expect(branch.offsetRow(1) == [0, 1, 2, 0, 0])
    cache.truncate(to: 3)
    append(3..<5, visual: 0, to: cache)
    #expect(cache.offsetRow(1) == [0, 0, 0, 0, 0])
    cache.reset(capacity: 4)
    #expect(cache.offsets == nil)
  }

  private func filled(_ rows: Int, _ precision: CachePrecision) -> LayerCache {
    let cache = LayerCache(heads: Self.heads, headWidth: Self.width, precision: precision)
    cache.reset(capacity: rows)
    append(0..<rows, visual: 0, to: cache)
    return cache
  }

  private func append(_ numbers: Range<Int>, visual: Int, offsets: [Float] = [], to cache: LayerCache) {
    func rows(_ offset: Int) -> MatrixView {
      let floats = numbers.flatMap { number in (0..<Self.heads).flatMap { Self.key(number + offset, $0) } }
      return MatrixView(rows: numbers.count, columns: Self.heads * Self.width, elements: floats)
    }
    cache.append(keys: rows(0), values: rows(100), offsets: offsets, visual: visual, Workers(count: 1))
  }

  /// Numbers that bfloat16 holds exactly.
  private static func key(_ number: Int, _ head: Int) -> [Float] {
    (0..<width).map { Float((number % 100 + $0) * (number < 100 ? 1 : -1) * (head + 1)) }
  }
}

extension LayerCache {
  /// What is added to the scores of a head's rows in use.
  fileprivate func offsetRow(_ head: Int) -> [Float] {
    var scores = Array(repeating: Float(0), count: count)
    scores.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { offsets?.add(to: base, head: head, keys: 0..<count) }
    }
    return scores
  }

  /// Bytes of the memory behind the rows, in use or not.
  fileprivate var memoryBytes: Int {
    switch entries {
    case .rows(let keys, let values): (keys.buffer.count + values.buffer.count) * 4
    case .panels(let panels): panels.byteCount
    }
  }

  /// Which memory the rows are in.
  fileprivate var memory: ObjectIdentifier {
    switch entries {
    case .rows(let keys, _): ObjectIdentifier(keys.buffer)
    case .panels(let panels): ObjectIdentifier(panels)
    }
  }

  fileprivate func keyRows(_ head: Int) -> [[Float]] {
    switch entries {
    case .rows(let keys, _): return rows(keys, head)
    case .panels(let panels):
      let view = panels.keys(head: head, 0..<count)
      return (0..<count).map { row in
        var result = [Float](repeating: 0, count: headWidth)
        kernels.bfloat16_row(view, row, &result)
        return result
      }
    }
  }

  fileprivate func valueRows(_ head: Int) -> [[Float]] {
    switch entries {
    case .rows(_, let values): return rows(values, head)
    case .panels(let panels):
      let view = panels.values(head: head, 0..<count)
      let columns = (0..<headWidth).map { element in
        var result = [Float](repeating: 0, count: count)
        kernels.bfloat16_row(view, element, &result)
        return result
      }
      return (0..<count).map { row in columns.map { $0[row] } }
    }
  }

  private func rows(_ blocks: HeadRows, _ head: Int) -> [[Float]] {
    (0..<count).map { row in
      Array(UnsafeBufferPointer(start: blocks.base(head: head) + row * blocks.rowStride, count: headWidth))
    }
  }
}
