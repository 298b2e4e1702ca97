import Figures
import Foundation
import TestSupport
import Testing

/// Documents that any JSON reader understands.
@Suite(.endsWithin(minutes: 1)) struct JSONTests {
  @Test(arguments: [
    "", "plain", "quote \" and \\", "line\nreturn\rtab\t", "\u{0}\u{1}\u{8}\u{C}\u{1F}\u{7F}",
    "é 漢 \u{1F333}",
    "e\u{301}", "\u{2028}", "\r\n",
  ])
  func `any text comes back from another reader`(text: String) throws {
    let document = JSON.object([text: .string(text)]).line
    let read = try #require(
      try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: String])
    #expect(read.keys.first.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    #expect(read.values.first.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    #expect(!document.contains("\n"))
  }

  @Test func `control characters are escaped as four hexadecimal digits`() {
    #expect(JSON.string("\u{1}\u{1F}\u{7F}").line == "\"\\u0001\\u001f\\u007f\"")
    #expect(JSON.string("\u{9B}\u{202E}é").line == "\"\\u009b\\u202eé\"")
  }

  @Test(
    arguments: [
      (0, "0"), (-0.0, "0"), (3, "3"), (-3, "-3"), (0.1, "0.1"), (1e-7, "1e-07"), (1e300, "1e+300"),
      (123_456_789_012, "123456789012"), (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
    ] as [(Double, String)])
  func `numbers are the shortest that mean the same`(value: Double, text: String) {
    #expect(JSON.number(value).line == text)
  }

  @Test(arguments: [0.1, 1.0 / 3, 2.3e-308, 1.7976931348623157e308, 4503599627370497.5, 1e15, -2.5e-8])
  func `a number comes back bit by bit`(value: Double) {
    #expect(Double(JSON.number(value).line) == value)
  }

  @Test func `scalars`() {
    #expect(JSON.null.line == "null")
    #expect(JSON.bool(true).line == "true" && JSON.bool(false).line == "false")
    #expect(JSON.integer(.min).line == "-9223372036854775808")
    #expect(JSON.integers([UInt8(3), 255]).line == "[3, 255]")
    #expect(JSON.numbers([0.5, .nan]).line == "[0.5, null]")
  }

  @Test func `an object keeps the order of its keys and indents by level`() {
    let document = JSON.object([
      "z": .integer(1), "a": .object(["x": .numbers([1, 2]), "empty": .object([])]),
      "list": .array([.object(["k": .null]), .array([])]),
    ])
    #expect(
      document.text == """
        {
          "z": 1,
          "a": {
            "x": [1, 2],
            "empty": {}
          },
          "list": [
            {
              "k": null
            },
            []
          ]
        }
        """)
    #expect(document.line == #"{"z": 1, "a": {"x": [1, 2], "empty": {}}, "list": [{"k": null}, []]}"#)
  }

  @Test func `nesting of any kind is read back by another reader`() throws {
    let document = (0..<50).reduce(JSON.null) { inner, level in
      level % 2 == 0 ? .array([.integer(level), inner]) : .object(["level \(level)": inner])
    }
    for text in [document.text, document.line] {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }
  }
}
