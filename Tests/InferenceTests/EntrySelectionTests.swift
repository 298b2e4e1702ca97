import Compute
import Models
import Plan
import Testing
import TestSupport

@testable import Inference

/// PLPHP: which visual KV entries of a layer stay (section 3 of the methods).
@Suite(.endsWithin(minutes: 1)) struct EntrySelectionTests {
  /// Text, six visual entries, text: visual entry `i` is row `i + 1`.
  private let visualIndices: [Int32] = [-1, 0, 1, 2, 3, 4, 5, -1]

  @Test(arguments: [(0, 0), (0.08, 0), (0.09, 1), (0.25, 2), (0.5, 3), (0.74, 4), (0.75, 5), (1, 6)])
  func `round(r * N) visual entries stay beside all text`(rate: Double, expected: Int) {
    for ranking in CacheRetention.EntryRanking.allCases {
      for evenShare in [0, 0.5, 1] {
        let kept = keep(rate: rate, ranking, evenShare: evenShare, rows: [[4, 1, 5, 3, 2, 6]])
        #expect(kept.count == 2)
        for head in kept {
          #expect(head.count == expected + 2 && head.first == 0 && head.last == 7)
          #expect(head == head.sorted() && Set(head).count == head.count)
        }
      }
    }
  }

  @Test func `a KV head ranks by the mean over its query heads`() {
    // Query heads 0 and 1 share KV head 0: entry 2 is nobody's first choice and the best in the mean.
    let lines: [[Float]] = [
      [9, 0, 8, 0, 0, 0], [0, 9, 8, 0, 0, 0],  // KV head 0
      [0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 5, 0],  // KV head 1
    ]
    let selector = selector(.lastRow)
    let kept = selector.keep(
      layer: 0, rate: 1.0 / 6, attention: attention(lines), visualIndices: visualIndices)
    #expect(kept == [[0, 3, 7], [0, 5, 7]])
  }

  @Test func `text never competes, however much it is looked at`() {
    let line: [Float] = [100, 1, 2, 3, 4, 5, 6, 100]
    let attention = MatrixView(
      rows: 4, columns: 8, elements: Array(repeating: line, count: 4).flatMap(\.self))
    let kept = selector(.lastRow).keep(
      layer: 0, rate: 0.5, attention: attention, visualIndices: visualIndices)
    #expect(kept == [[0, 4, 5, 6, 7], [0, 4, 5, 6, 7]])
  }

  @Test func `last_row looks at the last watched row only, window at all sixteen`() {
    // Earlier rows like entry 0, the last row likes entry 5.
    let rows: [[Float]] = Array(repeating: [2, 0, 0, 0, 0, 1], count: 15) + [[0, 0, 0, 0, 0, 3]]
    #expect(keep(rate: 1.0 / 6, .lastRow, rows: rows) == [[0, 6, 7], [0, 6, 7]])
    #expect(keep(rate: 1.0 / 6, .window, rows: rows) == [[0, 1, 7], [0, 1, 7]])
  }

  @Test func `window looks at sixteen rows even when an observer watches more`() {
    let earlier: [[Float]] = Array(repeating: [9, 0, 0, 0, 0, 0], count: 10)
    let window: [[Float]] = Array(repeating: [0, 0, 1, 0, 0, 0], count: 16)
    #expect(keep(rate: 1.0 / 6, .window, rows: earlier + window) == [[0, 3, 7], [0, 3, 7]])
  }

  @Test func `equal attention goes to the lower index`() {
    #expect(keep(rate: 0.5, .lastRow, rows: [[1, 1, 1, 1, 1, 1]])[0] == [0, 1, 2, 3, 7])
  }

  @Test func `the even share is spread over the image, the rest goes to the best of what is left`() {
    // Budget 4 in layer 1: entries 0 and 3 by even share, then 1 and 2 by rank.
    let rows: [[Float]] = [[9, 8, 7, 6, 1, 1]]
    #expect(keep(rate: 4.0 / 6, .lastRow, evenShare: 0.5, rows: rows)[0] == [0, 1, 2, 3, 4, 7])
    #expect(keep(rate: 2.0 / 6, .lastRow, evenShare: 1, rows: rows)[0] == [0, 1, 4, 7])
    #expect(keep(rate: 2.0 / 6, .lastRow, evenShare: 0, rows: rows)[0] == [0, 1, 2, 7])
  }

  @Test func `staggered heads and layers hold different places, all of them together`() {
    let many = (0..<100).map { Int32($0) }
    func kept(_ rate: Double, _ layers: Int) -> [[Int]] {
      (0..<layers).flatMap { layer in
        selector(.staggered).keep(
          layer: layer, rate: rate, attention: MatrixView(rows: 4, columns: 100), visualIndices: many)
      }
    }
    for (rate, layers) in [(0.5, 1), (0.25, 3), (0.1, 8)] {
      #expect(Set(kept(rate, layers).joined()).count == 100, "rate \(rate)")
    }
    // Each of them is spread over the whole image.
    for head in kept(0.1, 4) {
      #expect(zip(head, head.dropFirst()).allSatisfy { $1 - $0 == 10 })
    }
  }

  @Test func `even keeps nested sets that never leave a side empty`() {
    let kept = (0...6).map { keep(rate: Double($0) / 6, .even, rows: [[0, 0, 0, 0, 0, 0]])[0] }
    for (fewer, more) in zip(kept, kept.dropFirst()) { #expect(Set(fewer).isSubset(of: more)) }
    #expect(kept[2].contains { $0 >= 1 && $0 <= 3 } && kept[2].contains { $0 >= 4 && $0 <= 6 })
  }

  @Test func `random differs between layers and heads and is the same every time`() {
    let many = (0..<40).map { Int32($0) }
    func kept(_ layer: Int) -> [[Int]] {
      selector(.random).keep(
        layer: layer, rate: 0.5, attention: MatrixView(rows: 4, columns: 40), visualIndices: many)
    }
    #expect(kept(0) == kept(0))
    #expect(kept(0)[0] != kept(0)[1] && kept(0)[0] != kept(1)[0] && kept(0)[1] != kept(1)[0])
  }

  @Test func `answer_profile ranks by the place in the image, also behind a token pruning`() {
    // [L x Hkv x N] with L = 2, Hkv = 2, N = 6.
    let profile: [Float] =
      [6, 5, 4, 3, 2, 1] + [1, 2, 3, 4, 5, 6] + [0, 9, 0, 0, 8, 0] + [0, 0, 9, 0, 0, 8]
    let selector = EntrySelector(
      CacheRetention(rates: [], ranking: .answerProfile), layers: 2, queryHeads: 4, keyValueHeads: 2,
      answerAttention: profile)
    let nothing = MatrixView(rows: 4, columns: 8)
    func keep(_ layer: Int, _ indices: [Int32]) -> [[Int]] {
      selector.keep(layer: layer, rate: 1.0 / 3, attention: nothing, visualIndices: indices)
    }
    #expect(keep(0, visualIndices) == [[0, 1, 2, 7], [0, 5, 6, 7]])
    #expect(keep(1, visualIndices) == [[0, 2, 5, 7], [0, 3, 6, 7]])
    // Tokens 2, 4 and 5 are left, in rows 0, 1 and 2.
    #expect(keep(1, [2, 4, 5]) == [[1], [0]])
    // A second image is looked up like the first.
    #expect(keep(1, [6, 7, 8]) == [[1], [2]])
  }

  @Test func `dynamic mode takes the rate of the layer's class for this input`() {
    var retention = CacheRetention(mode: .dynamic, rates: [0.9, 0.9])
    retention.thresholds.rate = 0.4
    retention.thresholds.step = 0.3
    retention.thresholds.attentive = 0.25
    retention.thresholds.indifferent = 0.1
    let dynamic = EntrySelector(retention, layers: 2, queryHeads: 4, keyValueHeads: 2)
    for (mass, rate) in [(0, 0.1), (0.1, 0.1), (0.11, 0.4), (0.24, 0.4), (0.25, 0.7), (1, 0.7)] {
      #expect(abs(dynamic.rate(layer: 0, visualMass: mass) - rate) < 1e-12, "mass \(mass)")
    }
    retention.mode = .static
    retention.rates = [0.2, 0.6]
    let calibrated = EntrySelector(retention, layers: 2, queryHeads: 4, keyValueHeads: 2)
    #expect(
      calibrated.rate(layer: 0, visualMass: 1) == 0.2 && calibrated.rate(layer: 1, visualMass: 0) == 0.6)
  }

  @Test func `rates beyond the ends are the ends`() {
    var thresholds = RetentionThresholds()
    thresholds.rate = 0.2
    thresholds.step = 0.5
    #expect(thresholds.retention(of: 0) == 0)
    thresholds.rate = 0.8
    #expect(thresholds.retention(of: 1) == 1)
  }

  @Test func `visual mass is what the last row puts on visual tokens, by query head and KV head`() {
    let earlier = Array(repeating: Float(1), count: 4 * 8)
    let lines: [[Float]] = [
      [0.5, 0.5, 0, 0, 0, 0, 0, 0], [0, 0.25, 0.25, 0, 0, 0, 0, 0.5], [1, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 1, 0],
    ]
    let mass = VisualAttention(
      attention: MatrixView(rows: 8, columns: 8, elements: earlier + lines.flatMap(\.self)),
      visualRows: Array(1...6), queryHeads: 4)
    #expect(mass.byQueryHead == [0.5, 0.5, 0, 1])
    #expect(mass.mean == 0.5)
    #expect(mass.byKeyValueHead(2) == [0.5, 0.5])
    #expect(mass.byKeyValueHead(4) == [0.5, 0.5, 0, 1])
  }

  private func selector(_ ranking: CacheRetention.EntryRanking, evenShare: Double = 0) -> EntrySelector {
    EntrySelector(
      CacheRetention(rates: [], ranking: ranking, evenShare: evenShare), layers: 2, queryHeads: 4,
      keyValueHeads: 2, answerAttention: Array(repeating: 0.5, count: 2 * 2 * 6))
  }

  /// The choice when all query heads of watched row `i` look at the visual entries as `rows[i]` says.
  private func keep(
    rate: Double, _ ranking: CacheRetention.EntryRanking, evenShare: Double = 0, rows: [[Float]]
  ) -> [[Int]] {
    let lines = rows.flatMap { Array(repeating: $0, count: 4) }
    return selector(ranking, evenShare: evenShare).keep(
      layer: 1, rate: rate, attention: attention(lines), visualIndices: visualIndices)
  }

  private func attention(_ lines: [[Float]]) -> MatrixView {
    MatrixView(rows: lines.count, columns: 8, elements: lines.flatMap { [0] + $0 + [0] })
  }
}
