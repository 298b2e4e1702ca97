import Figures
import Testing

/// Tables that line up.
@Suite struct TextTableTests {
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

  @Test func `width counts characters, not bytes`() {
    var table = TextTable(["größe", "é"])
    table.append(["a", "e\u{301}e"])
    #expect(table.text == "größe   é\na      e\u{301}e")
  }
}
