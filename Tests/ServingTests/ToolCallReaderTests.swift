import TestSupport
import Testing

@testable import Serving

/// Calls of tools are found in an answer, however it comes in pieces.
@Suite(.endsWithin(minutes: 1)) struct ToolCallReaderTests {
  private func read(_ pieces: [String], isActive: Bool = true) -> (text: String, calls: [ToolCall]) {
    let counter = CallCounter(prefix: "c")
    var reader = ToolCallReader(isActive: isActive) { counter.next() }
    var text = ""
    for piece in pieces { text += reader.append(piece).text }
    text += reader.finish().text
    return (text, reader.calls)
  }

  private static let whole =
    "Let me see. <tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": [2, \"ü\"]}}\n</tool_call>"

  @Test func `calls are the same wherever the text is cut`() {
    let expected = read([Self.whole])
    #expect(expected.text == "Let me see. ")
    #expect(expected.calls == [ToolCall(id: "c1", name: "add", arguments: #"{"a": 1, "b": [2, "ü"]}"#)])
    let characters = Array(Self.whole)
    for first in characters.indices {
      for second in first..<characters.count {
        let result = read([
          String(characters[..<first]), String(characters[first..<second]), String(characters[second...]),
        ])
        #expect(result.text == expected.text && result.calls == expected.calls)
      }
    }
  }

  @Test func `several calls are numbered, and white space between them is no answer`() {
    let call = "<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>"
    let result = read([call + "\n", call])
    #expect(result.text == "" && result.calls.map(\.id) == ["c1", "c2"])
  }

  @Test func `a last call without its end counts where it is whole`() {
    let result = read(["<tool_call>{\"name\": \"f\", \"arguments\": {\"x\": 1}}"])
    #expect(result.text == "" && result.calls.map(\.arguments) == [#"{"x": 1}"#])
  }

  @Test(arguments: [
    "<tool_call>nonsense</tool_call>", "<tool_call>", "<tool_cal", "a < b",
    "<tool_call>{\"arguments\": {}}</tool_call>",
    "<tool_call>[1]", "",
  ])
  func `what is no call stays text`(text: String) {
    #expect(read([text]).text == text && read([text]).calls.isEmpty)
  }

  @Test func `without tools nothing is looked for`() {
    #expect(read([Self.whole], isActive: false).text == Self.whole)
  }
}
