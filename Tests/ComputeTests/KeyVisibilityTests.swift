import TestSupport
import Testing

@testable import Compute

/// Windows over positions with gaps, pictures that are seen as a whole, and both with hollow attention, beside the plain
/// definition: heads keep keys of their own.
@Suite(.endsWithin(minutes: 1)) struct KeyVisibilityTests {
  private static let attention = Attention(queryHeads: 4, keyValueHeads: 2, headWidth: 6)

  /// A case: keys and queries by their positions, and what rules there are.
  private struct Rules {
    /// Positions of the keys of each head, ascending; the last ones are those of the queries.
    var positions: [[Int]]
    var queries: Int
    var window: Int?
    var ends: [Int]?
    var hollow: (ordinals: [Int32], window: Int)?

    var count: Int { positions[0].count }

    var visibility: KeyVisibility {
      var result = KeyVisibility(firstQuery: count - queries)
      result.ends = ends
      result.hollow = hollow
      if let window {
        let numbers = MatrixView(
          rows: 2, columns: count, elements: positions.flatMap { $0.map(Float.init) })
        result.window = KeyWindow(
          keys: EntryNumbers(numbers.buffer, capacity: count),
          queries: queries == 1 ? .one(positions[0][count - 1]) : .each(positions[0].suffix(queries)),
          width: window)
      }
      return result
    }

    func allows(_ query: Int, _ key: Int, head: Int) -> Bool {
      let row = count - queries + query
      guard key < ends?[query] ?? row + 1 else { return false }
      if let window, positions[head][row] - positions[head][key] >= window { return false }
      guard let hollow, hollow.ordinals[query] >= 0, hollow.ordinals[key] >= 0 else { return true }
      return abs(hollow.ordinals[query] - hollow.ordinals[key]) < hollow.window
    }
  }

  /// Heads with gaps in other places, then queries side by side.
  private func gaps(_ keys: Int, queries: Int, window: Int?) -> Rules {
    let early = (0..<keys - queries).map { [2 * $0, 3 * $0 + 1] }
    let first = 3 * keys + 2
    let positions = (0..<2).map { head in
      early.map { $0[head] } + (0..<queries).map { first + $0 }
    }
    return Rules(positions: positions, queries: queries, window: window)
  }

  /// Text, a picture, text, a picture, text, all of them queries.
  private func pictures(_ length: Int, window: Int?, hollow: Int?) -> Rules {
    let runs = [length / 8..<length / 2, length / 2 + 3..<length - 4]
    let places = Array(0..<length)
    var rules = Rules(positions: [places, places], queries: length, window: window)
    rules.ends = places.map { place in runs.first { $0.contains(place) }?.upperBound ?? place + 1 }
    if let hollow {
      var visual: Int32 = 0
      let ordinals = places.map { place -> Int32 in
        guard runs.contains(where: { $0.contains(place) }) else { return -1 }
        defer { visual += 1 }
        return visual
      }
      rules.hollow = (ordinals, hollow)
    }
    return rules
  }

  @Test(arguments: [1, 2, 50, 130], [1, 4, 40, 100, 10_000])
  func `a window counts positions, head by head`(queries: Int, window: Int) {
    check(gaps(queries + 70, queries: queries, window: window))
  }

  @Test(arguments: [24, 65, 300], [nil, 1, 9, 100])
  func `pictures are seen as a whole, within a window, and by hollow attention in part`(
    length: Int, window: Int?
  ) {
    for hollow in [nil, 1, 7] { check(pictures(length, window: window, hollow: hollow)) }
  }

  @Test func `a window hides something or nothing`() {
    let rules = gaps(20, queries: 3, window: 60)
    #expect(rules.visibility.window?.hidesAny(heads: 2, of: 20) == true)
    #expect(gaps(20, queries: 3, window: 10_000).visibility.window?.hidesAny(heads: 2, of: 20) == false)
  }

  @Test func `watched rows see what the window leaves`() {
    let rules = gaps(40, queries: 3, window: 50)
    let visibility = rules.visibility
    let (queries, keys) = (randomMatrix(3, 24, seed: 1), randomMatrix(40, 12, seed: 2))
    let lines = Self.attention.rows(
      of: queries[rows: 1..<3], over: .rows(keys: rows(keys), values: rows(keys)), visibleKeys: [39, 40],
      window: visibility.window?.suffix(2), keyCount: 40, Workers(count: 1))
    for (line, query) in [1, 2].enumerated() {
      for head in 0..<4 {
        let weights = lines.row(line * 4 + head)
        #expect(abs(weights.reduce(0, +) - 1) < 1e-5)
        for key in 0..<40 { #expect((weights[key] > 0) == rules.allows(query, key, head: head / 2)) }
      }
    }
  }

  private func rows(_ matrix: MatrixView) -> HeadRows { HeadRows(columnsOf: matrix, headWidth: 6) }

  private func check(_ rules: Rules) {
    let queries = randomMatrix(rules.queries, 24, seed: 1, scale: 3)
    let keys = randomMatrix(rules.count, 12, seed: 2, scale: 3)
    let values = randomMatrix(rules.count, 12, seed: 3)
    func attend(_ entries: KeyValues) -> [Float] {
      let output = MatrixView(rows: rules.queries, columns: 24)
      Self.attention.attend(
        queries: queries, to: entries, keyCount: rules.count, mask: .visible(rules.visibility), into: output,
        Workers(count: 2))
      return output.elements
    }
    // The same as plain softmax rows over the keys that are allowed.
    let all = Self.attention.rows(
      of: queries, over: .rows(keys: rows(keys), values: rows(keys)),
      visibleKeys: Array(repeating: rules.count, count: rules.queries), keyCount: rules.count,
      Workers(count: 1))
    var expected: [Float] = []
    for query in 0..<rules.queries {
      for head in 0..<4 {
        let weights = all.row(query * 4 + head).enumerated().map { key, weight in
          rules.allows(query, key, head: head / 2) ? Double(weight) : 0
        }
        let total = weights.reduce(0, +)
        for column in 0..<6 {
          let sum = weights.enumerated().reduce(0.0) {
            $0 + $1.element * Double(values[$1.offset, head / 2 * 6 + column])
          }
          expected.append(Float(sum / total))
        }
      }
    }
    let panels = KeyValuePanels(heads: 2, headWidth: 6, capacity: rules.count)
    panels.store(keys: keys, values: values, at: 0, Workers(count: 1))
    // Of weights that are tiny shares of all, floats leave less.
    #expect(largestDifference(attend(.rows(keys: rows(keys), values: rows(values))), expected) < 1e-3)
    #expect(largestDifference(attend(.panels(panels)), expected) < 0.1)
  }
}
