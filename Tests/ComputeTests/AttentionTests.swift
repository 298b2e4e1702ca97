import Compute
import Foundation
import TestSupport
import Testing

/// Tiled attention against the plain definition, for every mask.
@Suite struct AttentionTests {
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
    let one = attend(150, keys: 150, .causal(firstQuery: 0), threads: 1)
    let three = attend(150, keys: 150, .causal(firstQuery: 0), threads: 3)
    #expect(one.elements == three.elements)
  }

  @Test func `watched rows are softmax rows over the visible keys`() {
    let attention = Self.attention
    let queries = randomMatrix(3, 4 * 6, seed: 1)
    let keys = randomMatrix(9, 2 * 6, seed: 2)
    let rows = attention.rows(
      of: queries, keys: HeadRows(columnsOf: keys, headWidth: 6), visibleKeys: [7, 8, 9], keyCount: 9)
    #expect(rows.rows == 12 && rows.columns == 9)
    for row in 0..<12 {
      let line = rows.row(row)
      #expect(abs(line.reduce(0, +) - 1) < 1e-5)
      #expect(line[(7 + row / 4)...].allSatisfy { $0 == 0 })
    }
  }

  private static let attention = Attention(queryHeads: 4, keyValueHeads: 2, headWidth: 6)

  private func attend(_ length: Int, keys: Int, _ mask: AttentionMask, threads: Int) -> Matrix {
    let output = Matrix(rows: length, columns: 24)
    Self.attention.attend(
      queries: randomMatrix(length, 24, seed: 1, scale: 3),
      keys: HeadRows(columnsOf: randomMatrix(keys, 12, seed: 2, scale: 3), headWidth: 6),
      values: HeadRows(columnsOf: randomMatrix(keys, 12, seed: 3), headWidth: 6), keyCount: keys, mask: mask,
      into: output, Workers(count: threads))
    return output
  }

  private func check(
    _ length: Int, keys count: Int? = nil, mask: AttentionMask, _ allowed: (Int, Int) -> Bool
  ) {
    let keyCount = count ?? length
    let output = attend(length, keys: keyCount, mask, threads: 2)
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
  }
}
