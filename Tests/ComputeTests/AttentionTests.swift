import Compute
import Foundation
import TestSupport
import Testing

/// Tiled attention against the plain definition, for every mask.
@Suite(.endsWithin(minutes: 1)) struct AttentionTests {
  static let lengths = [1, 2, 63, 64, 65, 130, 300]

  @Test(arguments: lengths) func `full attention`(length: Int) { check(length, mask: .full) { _, _ in true } }

  @Test(arguments: lengths) func `causal attention`(length: Int) {
    check(length, mask: .causal(firstQuery: 0)) { query, key in key <= query }
  }

  @Test(arguments: [1, 2, 70], [1, 64, 129]) func `causal attention behind a cache`(length: Int, before: Int)
  {
    check(length, keys: before + length, mask: .causal(firstQuery: before)) { query, key in
      key <= before + query
    }
  }

  @Test(arguments: [80, 300], [1, 5, 32, 1000]) func `hollow attention`(length: Int, window: Int) {
    // Text, an image, text, a second image, text.
    let ordinals: [Int32] = (0..<length).map { row in
      let first = length / 8..<length / 2
      let second = length / 2 + 5..<length - 9
      if first.contains(row) { return Int32(row - first.lowerBound) }
      return second.contains(row) ? Int32(first.count + row - second.lowerBound) : -1
    }
    check(length, mask: .hollow(ordinals: ordinals, window: window)) { query, key in
      guard key <= query else { return false }
      return ordinals[query] < 0 || ordinals[key] < 0 || ordinals[query] - ordinals[key] < window
    }
  }

  @Test func `a window as wide as the image is causal attention`() {
    let ordinals: [Int32] = (0..<100).map { $0 < 10 || $0 >= 90 ? -1 : Int32($0 - 10) }
    let hollow = attend(100, keys: 100, .hollow(ordinals: ordinals, window: 80), threads: 1)
    let causal = attend(100, keys: 100, .causal(firstQuery: 0), threads: 1)
    #expect(hollow.elements == causal.elements)
  }

  @Test func `threads do not change the result`() {
    for storage in [Storage.rows, .panels] {
      let one = attend(150, keys: 150, .causal(firstQuery: 0), threads: 1, storage)
      let three = attend(150, keys: 150, .causal(firstQuery: 0), threads: 3, storage)
      #expect(one.elements == three.elements)
    }
  }

  @Test func `watched rows are softmax rows over the visible keys`() {
    let attention = Self.attention
    let queries = randomMatrix(3, 4 * 6, seed: 1)
    let keys = randomMatrix(9, 2 * 6, seed: 2)
    let exact = attention.rows(
      of: queries, over: entries(keys, keys, .rows), visibleKeys: [7, 8, 9], keyCount: 9, Workers(count: 1))
    let rounded = attention.rows(
      of: queries, over: entries(keys, keys, .panels), visibleKeys: [7, 8, 9], keyCount: 9,
      Workers(count: 1))
    #expect(exact.rows == 12 && exact.columns == 9)
    for row in 0..<12 {
      for line in [exact.row(row), rounded.row(row)] {
        #expect(abs(line.reduce(0, +) - 1) < 1e-5)
        #expect(line[(7 + row / 4)...].allSatisfy { $0 == 0 })
      }
    }
    #expect(largestDifference(exact.elements, rounded.elements) < 0.01)
  }

  @Test func `one query at a time gives what all at once give`() {
    for storage in [Storage.rows, .panels] {
      let all = attend(40, keys: 40, .causal(firstQuery: 0), threads: 2, storage)
      let queries = randomMatrix(40, 24, seed: 1, scale: 3)
      let (keys, values) = (randomMatrix(40, 12, seed: 2, scale: 3), randomMatrix(40, 12, seed: 3))
      let one = MatrixView(rows: 1, columns: 24)
      for row in [0, 1, 15, 16, 17, 39] {
        Self.attention.attend(
          queries: queries[rows: row..<row + 1], to: entries(keys, values, storage), keyCount: row + 1,
          mask: .causal(firstQuery: row), into: one, Workers(count: 2))
        #expect(largestDifference(one.elements, all.row(row)) < (storage == .rows ? 1e-5 : 0.01))
      }
    }
  }

  @Test func `a group that is wider than a tile of queries is attended to in parts`() {
    let attention = Attention(queryHeads: 50, keyValueHeads: 1, headWidth: 4)
    let query = randomMatrix(1, 200, seed: 4)
    let (keys, values) = (randomMatrix(300, 4, seed: 5), randomMatrix(300, 4, seed: 6))
    let results = [Storage.rows, .panels].map { storage in
      let output = MatrixView(rows: 1, columns: 200)
      attention.attend(
        queries: query, to: entries(keys, values, storage, heads: 1), keyCount: 300,
        mask: .causal(firstQuery: 299), into: output, Workers(count: 1))
      return output.elements
    }
    #expect(largestDifference(results[0], results[1]) < 0.01)
  }

  @Test(arguments: [1, 2, 40, 300]) func `scores are scaled and bounded before any is hidden`(length: Int) {
    // A factor of a third, and a bound that most scores come near to.
    let attention = Attention(queryHeads: 4, keyValueHeads: 2, headWidth: 6, scale: 1.0 / 3, cap: 2)
    let queries = randomMatrix(length, 24, seed: 1, scale: 3)
    let (keys, values) = (randomMatrix(length, 12, seed: 2, scale: 3), randomMatrix(length, 12, seed: 3))
    var expected: [Float] = []
    for query in 0..<length {
      for head in 0..<4 {
        let weights = (0...query).map { key in
          let score = (0..<6).reduce(0.0) { sum, i in
            sum + Double(queries[query, head * 6 + i]) * Double(keys[key, head / 2 * 6 + i])
          }
          return exp(2 * tanh(score / 3 / 2))
        }
        for i in 0..<6 {
          let sum = weights.indices.reduce(0.0) { $0 + weights[$1] * Double(values[$1, head / 2 * 6 + i]) }
          expected.append(Float(sum / weights.reduce(0, +)))
        }
      }
    }
    for storage in [Storage.rows, .panels] {
      let (all, last) = (MatrixView(rows: length, columns: 24), MatrixView(rows: 1, columns: 24))
      let entries = entries(keys, values, storage)
      attention.attend(
        queries: queries, to: entries, keyCount: length, mask: .causal(firstQuery: 0), into: all,
        Workers(count: 2))
      attention.attend(
        queries: queries[rows: length - 1..<length], to: entries, keyCount: length,
        mask: .causal(firstQuery: length - 1), into: last, Workers(count: 1))
      let tolerance: Float = storage == .rows ? 1e-5 : 0.03
      #expect(largestDifference(all.elements, expected) < tolerance)
      #expect(largestDifference(last.elements, Array(expected.suffix(24))) < tolerance)
      // The rows that pruning methods look at are of the same scores.
      let map = attention.rows(
        of: queries[rows: length - 1..<length], over: entries, visibleKeys: [length], keyCount: length,
        Workers(count: 1))
      let sum = map.row(0).enumerated().reduce(Float(0)) { $0 + $1.element * values[$1.offset, 0] }
      #expect(abs(sum - expected[(length - 1) * 24]) < tolerance)
    }
  }

  /// How many equal keys each of nine stands for.
  private static let counts = [1, 5, 1, 2, 1, 1, 9, 1, 3]

  @Test(arguments: [1, 2, 40]) func `a key that stands for several is as that many equal keys`(length: Int) {
    let (keys, values) = (randomMatrix(9, 12, seed: 2), randomMatrix(9, 12, seed: 3))
    let repeated = Self.counts.indices.flatMap { Array(repeating: $0, count: Self.counts[$0]) }
    func several(_ matrix: MatrixView) -> MatrixView {
      let result = MatrixView(rows: repeated.count, columns: 12)
      result.gather(rows: repeated, from: matrix)
      return result
    }
    let row = MatrixView(rows: 1, columns: 9, elements: Self.counts.map { log(Float($0)) })
    let queries = randomMatrix(length, 24, seed: 1)
    for storage in [Storage.rows, .panels] {
      // One query behind all keys goes another way than several.
      func attend(_ keys: MatrixView, _ values: MatrixView, _ offsets: ScoreOffsets?) -> [Float] {
        let output = MatrixView(rows: length, columns: 24)
        Self.attention.attend(
          queries: queries, to: entries(keys, values, storage), offsets: offsets, keyCount: keys.rows,
          mask: length == 1 ? .causal(firstQuery: keys.rows - 1) : .full, into: output, Workers(count: 2))
        return output.elements
      }
      let one = attend(keys, values, ScoreOffsets(ofAllHeads: row))
      let difference = largestDifference(one, attend(several(keys), several(values), nil))
      #expect(difference < (storage == .rows ? 1e-5 : 0.01))
      #expect(largestDifference(one, attend(keys, values, nil)) > 0.05)

      let lines = Self.attention.rows(
        of: queries, over: entries(keys, values, storage), offsets: ScoreOffsets(ofAllHeads: row),
        visibleKeys: Array(repeating: 9, count: length), keyCount: 9, Workers(count: 1))
      let all = Self.attention.rows(
        of: queries, over: entries(several(keys), several(values), storage),
        visibleKeys: Array(repeating: repeated.count, count: length), keyCount: repeated.count,
        Workers(count: 1))
      for line in 0..<lines.rows {
        var sums = Array(repeating: Float(0), count: 9)
        for (key, weight) in zip(repeated, all.row(line)) { sums[key] += weight }
        #expect(largestDifference(lines.row(line), sums) < 1e-4)
      }
    }
  }

  private static let attention = Attention(queryHeads: 4, keyValueHeads: 2, headWidth: 6)

  private enum Storage { case rows, panels }

  private func entries(_ keys: MatrixView, _ values: MatrixView, _ storage: Storage, heads: Int = 2)
    -> KeyValues
  {
    let width = keys.columns / heads
    guard storage == .panels else {
      return .rows(
        keys: HeadRows(columnsOf: keys, headWidth: width),
        values: HeadRows(columnsOf: values, headWidth: width)
      )
    }
    let panels = KeyValuePanels(heads: heads, headWidth: width, capacity: keys.rows)
    let workers = Workers(count: 1)
    // In two pieces that part a pair.
    let middle = min(keys.rows, keys.rows / 2 | 1)
    for (rows, first) in [(0..<middle, 0), (middle..<keys.rows, middle)] {
      panels.store(keys: keys[rows: rows], values: values[rows: rows], at: first, workers)
    }
    return .panels(panels)
  }

  private func attend(
    _ length: Int, keys: Int, _ mask: AttentionMask, threads: Int, _ storage: Storage = .rows
  ) -> MatrixView {
    let output = MatrixView(rows: length, columns: 24)
    Self.attention.attend(
      queries: randomMatrix(length, 24, seed: 1, scale: 3),
      to: entries(randomMatrix(keys, 12, seed: 2, scale: 3), randomMatrix(keys, 12, seed: 3), storage),
      keyCount: keys, mask: mask, into: output, Workers(count: threads))
    return output
  }

  private func check(
    _ length: Int, keys count: Int? = nil, mask: AttentionMask, _ allowed: (Int, Int) -> Bool
  ) {
    let keyCount = count ?? length
    let output = attend(length, keys: keyCount, mask, threads: 2)
    let rounded = attend(length, keys: keyCount, mask, threads: 2, .panels)
    let queries = randomMatrix(length, 24, seed: 1, scale: 3)
    let keys = randomMatrix(keyCount, 12, seed: 2, scale: 3)
    let values = randomMatrix(keyCount, 12, seed: 3)
    var expected: [Float] = []
    for query in 0..<length {
      for head in 0..<4 {
        let visible = (0..<keyCount).filter { allowed(query, $0) }
        let scores = visible.map { key in
          (0..<6).reduce(0.0) { sum, i in
            sum + Double(queries[query, head * 6 + i]) * Double(keys[key, head / 2 * 6 + i])
          } / 6.0.squareRoot()
        }
        let highest = scores.max() ?? 0
        let weights = scores.map { exp($0 - highest) }
        let total = weights.reduce(0, +)
        for i in 0..<6 {
          let sum = zip(visible, weights).reduce(0.0) { $0 + $1.1 * Double(values[$1.0, head / 2 * 6 + i]) }
          expected.append(Float(sum / total))
        }
      }
    }
    #expect(largestDifference(output.elements, expected) < 1e-5)
    // Scores of up to 20 round to bfloat16's 8 bits, three times.
    #expect(largestDifference(rounded.elements, expected) < 0.1)
    let error = zip(rounded.elements, expected).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect((error / Float(expected.count)).squareRoot() < 0.01)
  }
}
