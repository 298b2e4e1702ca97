import Output
import TestSupport
import Testing

/// One line means one line, whatever a file put into it.
@Suite(.endsWithin(minutes: 1)) struct PrintableTests {
  @Test(arguments: [
    ("plain words, é, 数字 and 👩‍🔬", "plain words, é, 数字 and 👩‍🔬"),
    ("a\nb\r\tc", "a\\nb\\r\\tc"),
    ("\u{1B}[2Jgone", "\\u{1B}[2Jgone"),
    ("\u{7}\u{0}\u{7F}\u{9B}", "\\u{7}\\u{0}\\u{7F}\\u{9B}"),
    ("txt.\u{202E}gpj", "txt.\\u{202E}gpj"),
    ("a\u{2066}b\u{2069}\u{2028}\u{2029}\u{85}", "a\\u{2066}b\\u{2069}\\u{2028}\\u{2029}\\u{85}"),
  ])
  func `what a terminal would obey is escaped`(text: String, shown: String) {
    #expect(text.printable() == shown)
  }

  @Test func `a long text keeps its beginning and its end`() {
    let text = "plan.h5: " + String(repeating: "x", count: 100_000) + ": reason"
    let shown = text.printable()
    #expect(shown.count <= 600 && shown.hasPrefix("plan.h5: xxx") && shown.hasSuffix("xxx: reason"))
  }

  @Test(arguments: [0, 1, 5, 6, 7, 40]) func `no limit is exceeded, by escapes neither`(limit: Int) {
    for text in ["", "abc", String(repeating: "\u{1B}", count: 100), String(repeating: "é", count: 41)] {
      #expect(text.printable(limit: limit).unicodeScalars.count <= limit)
    }
  }

  @Test func `one letter under thousands of marks is cut as well`() {
    let text = "e" + String(repeating: "\u{301}", count: 5000)
    #expect(text.printable(limit: 100).unicodeScalars.count <= 100)
  }

  @Test func `characters that are kept stay`() {
    #expect("a\n\tb\u{1B}".printable(keeping: ["\n", "\t"]) == "a\n\tb\\u{1B}")
  }
}
