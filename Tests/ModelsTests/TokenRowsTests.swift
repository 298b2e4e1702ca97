import Compute
import TestSupport
import Testing

@testable import Models

/// Rows know which tokens they are, whatever is removed around them.
@Suite(.endsWithin(minutes: 1)) struct TokenRowsTests {
  @Test(
    arguments: [
      ("", [], []), ("t", [], [0..<1]), ("v", [0..<1], []), ("ttvvvt", [2..<5], [0..<2, 5..<6]),
      ("vvtvvv", [0..<2, 3..<6], [2..<3]), ("tvtv", [1..<2, 3..<4], [0..<1, 2..<3]),
    ] as [(String, [Range<Int>], [Range<Int>])])
  func `runs are the longest stretches of one kind`(kinds: String, visual: [Range<Int>], text: [Range<Int>]) {
    let rows = rows(kinds)
    #expect(rows.visualRuns == visual)
    #expect(rows.textRuns == text)
    #expect(rows.visualCount == kinds.count { $0 == "v" })
    #expect(rows.visualRows == visual.flatMap { Array($0) })
  }

  @Test func `ordinals count the visual rows before, across images, and are -1 for text`() {
    #expect(rows("tvvtvt").ordinals == [-1, 0, 1, -1, 2, -1])
  }

  @Test func `keeping rows never renumbers positions or visual tokens, but counts ordinals anew`() {
    let rows = rows("tvvvtvvt")
    rows.keep([0, 2, 4, 6, 7])
    #expect(rows.count == 5)
    #expect(rows.positions.map(\.largest) == [0, 2, 4, 6, 7])
    #expect(rows.visualIndices == [-1, 1, -1, 4, -1])
    #expect(rows.ordinals == [-1, 0, -1, 1, -1])
    #expect(rows.visualRuns == [1..<2, 3..<4])
    #expect(rows.textRuns == [0..<1, 2..<3, 4..<5])
    #expect(rows.hidden.elements == [0, 0.5, 2, 2.5, 4, 4.5, 6, 6.5, 7, 7.5])
  }

  @Test func `keeping twice is keeping the kept of the kept`() {
    let rows = rows("tvvvtvvt")
    rows.keep([0, 1, 3, 5, 7])
    rows.keep([0, 2, 4])
    #expect(rows.positions.map(\.largest) == [0, 3, 7])
    #expect(rows.visualIndices == [-1, 2, -1])
    #expect(rows.hidden.elements == [0, 0.5, 3, 3.5, 7, 7.5])
  }

  @Test func `keeping all rows changes nothing and keeping none leaves none`() {
    let all = rows("tvvt")
    all.keep([0, 1, 2, 3])
    #expect(all.positions.map(\.largest) == [0, 1, 2, 3] && all.visualRuns == [1..<3])
    let none = rows("tvvt")
    none.keep([])
    #expect(none.count == 0 && none.hidden.rows == 0 && none.visualRuns.isEmpty && none.textRuns.isEmpty)
  }

  @Test func `what layers add finds its rows by the number of the token, and by position for separators`() {
    let rows = rows("tvvtvvt").with(
      TokenAdditions(
        deepFeatures: DeepFeatures(
          features: MatrixView(rows: 5, columns: 4, elements: (0..<20).map { Float(1000 * $0) }),
          layers: [2, 0],
          separators: [3, 6], separator: WeightVector([0.25, 0.125]))))
    rows.keep([0, 2, 3, 4, 6])
    let before = rows.copy().hidden
    rows.addDeepFeatures(behind: 1)
    #expect(rows.hidden.elements == before.elements)
    rows.addDeepFeatures(behind: 0)
    let added = zip(rows.hidden.elements, before.elements).map { $0 - $1 }
    // The second layer's columns of tokens 2 and 4; the text at position 0 has nothing.
    let token = rows.visualIndices[1]
    #expect(added[0..<2] == [0, 0])
    #expect(added[2..<4] == [Float(1000 * (4 * token + 2)), Float(1000 * (4 * token + 3))])
    #expect(added[4..<6] == [0.25, 0.125] && added[8..<10] == [0.25, 0.125])
  }

  @Test func `a copy has a residual stream of its own`() {
    let rows = rows("tv")
    let copy = rows.copy()
    rows.hidden[1, 0] = 99
    #expect(copy.hidden[1, 0] == 1)
    #expect(copy.positions == rows.positions && copy.visualIndices == rows.visualIndices)
  }

  @Test func `a layer finds its numbers of the tokens that are left, by their positions`() {
    let numbers = MatrixView(rows: 5, columns: 4, elements: (0..<20).map(Float.init))
    let inputs = LayerInputs(rows: numbers, positions: [0, 1, 2, 5, 6])
    func columns(at positions: [Int]) -> [Float] {
      inputs.rows(2..<4, at: positions.map { RotaryPosition($0) }).elements
    }
    #expect(columns(at: [0, 1, 2, 5, 6]) == [2, 3, 6, 7, 10, 11, 14, 15, 18, 19])
    #expect(columns(at: [0, 5]) == [2, 3, 14, 15])
    #expect(columns(at: [6]) == [18, 19] && columns(at: []) == [])
    let more = inputs.appending(
      LayerInputs(rows: MatrixView(rows: 1, columns: 4, elements: [7, 7, 7, 8]), positions: [7]))
    #expect(more.rows(3..<4, at: [6, 7].map { RotaryPosition($0) }).elements == [19, 8])
  }

  /// A row a letter, `t` or `v`; row `i` holds `[i, i + 0.5]` at position `i`.
  private func rows(_ kinds: String) -> TokenRows {
    var visual: Int32 = 0
    let indices = kinds.map { kind -> Int32 in
      if kind == "t" { return -1 }
      defer { visual += 1 }
      return visual
    }
    let hidden = MatrixView(
      rows: kinds.count, columns: 2, elements: (0..<kinds.count).flatMap { [Float($0), Float($0) + 0.5] })
    return TokenRows(
      hidden: hidden, positions: indices.indices.map { RotaryPosition($0) }, visualIndices: indices)
  }
}
