import Figures
import TestSupport
import Testing

/// Tables that line up.
@Suite(.endsWithin(minutes: 1)) struct TextTableTests {
  @Test func `the first column to the left, the others to the right, as wide as their widest cell`() {
    var table = TextTable(["point", "ms", "KL"])
    table.append(["dense", "12.5", "0"])
    table.append(["a long name", "7", "0.00061"])
    #expect(
      table.text == """
        point          ms       KL
        dense        12.5        0
        a long name     7  0.00061
        """)
  }

  @Test func `missing cells are empty, cells beyond the header are left out, no line ends in blanks`() {
    var table = TextTable(["a", "bb"])
    table.append(["x"])
    table.append([])
    table.append(["y", "1", "beyond"])
    #expect(table.text == "a  bb\nx\n\ny   1")
  }

  @Test func `only the header`() {
    #expect(TextTable(["one", "two"]).text == "one  two")
  }

  @Test func `columns without room on a line of 100 characters follow below, behind the first`() {
    var table = TextTable(["name"] + (0..<12).map { "column \($0)" })
    table.append(["one"] + (0..<12).map { "\($0)" })
    table.append(
      [String(repeating: "long ", count: 100)]
        + Array(repeating: String(repeating: "9", count: 300), count: 12))
    let lines = table.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 100 })
    #expect(lines.count { $0.hasPrefix("name ") } == lines.count { $0.hasPrefix("one ") })
    for column in 0..<12 { #expect(lines.count { $0.contains("column \(column)") } >= 1) }
  }

  @Test func `all columns of words at the left say what a row is`() {
    var table = TextTable(["one", "two"] + (0..<9).map { "column \($0)" }, wordColumns: [0, 1, 5])
    table.append(["a", "b"] + Array(repeating: String(repeating: "9", count: 20), count: 9))
    let lines = table.text.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("one  two ") } == 3 && lines.count { $0.hasPrefix("a    b ") } == 3)
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  @Test func `a cell is one line of printable characters`() {
    var table = TextTable(["a", "b"])
    table.append(["x\ny", "\u{1B}[2J"])
    #expect(table.text == "a             b\nx\\ny  \\u{1B}[2J")
  }

  @Test func `width counts characters, not bytes`() {
    var table = TextTable(["größe", "é"])
    table.append(["a", "e\u{301}e"])
    #expect(table.text == "größe   é\na      e\u{301}e")
  }
}
