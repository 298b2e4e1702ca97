import Figures
import JSONReading

/// How tools are spoken of in prompts and answers: in the form that most open models are trained on, a JSON object between
/// `<tool_call>` and `</tool_call>` for each call.
enum ToolTalk {
  static let opening = "<tool_call>", closing = "</tool_call>"

  /// What a system prompt says of tools.
  static func instructions(_ tools: [Tool], _ choice: ToolChoice) -> String {
    var text = """
      # Tools

      You may call one or more functions to assist with the user query.

      You are provided with function signatures within <tools></tools> XML tags:
      <tools>

      """
    for tool in tools { text += tool.json.line + "\n" }
    text += """
      </tools>

      For each function call, return a json object with function name and arguments within \
      <tool_call></tool_call> XML tags:
      <tool_call>
      {"name": <function-name>, "arguments": <args-json-object>}
      </tool_call>
      """
    switch choice {
    case .required: text += "\n\nCall at least one function now."
    case .named(let name): text += "\n\nCall the function \(name) now."
    case .auto, .none: break
    }
    return text
  }

  /// A call as an earlier answer has it.
  static func call(name: String, arguments: Figures.JSON) -> String {
    let object = Figures.JSON.object(["name": .string(name), "arguments": arguments])
    return "\(opening)\n\(object.line)\n\(closing)"
  }

  /// What a tool answered, as the next turn of the user has it.
  static func response(_ text: String) -> String { "<tool_response>\n\(text)\n</tool_response>" }
}

/// A call that a model asked for.
struct ToolCall: Equatable, Sendable {
  let id: String
  let name: String
  /// JSON.
  let arguments: String

  var json: Figures.JSON {
    .object([
      "id": .string(id), "type": .string("function"),
      "function": .object(["name": .string(name), "arguments": .string(arguments)]),
    ])
  }
}

/// Separates the calls of an answer from what else it says, as its text comes.
struct ToolCallReader {
  /// Whether an answer may have calls at all.
  let isActive: Bool
  /// Makes ids.
  let makeID: @Sendable () -> String
  private(set) var calls: [ToolCall] = []
  private var held = ""
  private var isInside = false

  init(isActive: Bool, makeID: @escaping @Sendable () -> String) {
    self.isActive = isActive
    self.makeID = makeID
  }

  /// Takes in text; returns what is no call, and the calls that it completes.
  mutating func append(_ text: String) -> (text: String, calls: [ToolCall]) {
    guard isActive else { return (text, []) }
    held += text
    var out = ""
    var found: [ToolCall] = []
    while true {
      if isInside {
        guard let end = held.firstRange(of: ToolTalk.closing) else { break }
        if let call = parse(held[..<end.lowerBound]) {
          found.append(call)
        } else {
          out += ToolTalk.opening + held[..<end.upperBound]
        }
        held = String(held[end.upperBound...])
        isInside = false
      } else if let start = held.firstRange(of: ToolTalk.opening) {
        out += spoken(held[..<start.lowerBound], behind: found)
        held = String(held[start.upperBound...])
        isInside = true
      } else {
        // What may be the beginning of a call waits.
        let keep = Self.beginning(of: ToolTalk.opening, at: held)
        out += spoken(held.dropLast(keep), behind: found)
        held = String(held.suffix(keep))
        break
      }
    }
    calls += found
    return (out, found)
  }

  /// Text of the answer: white space between calls is none.
  private func spoken(_ text: Substring, behind found: [ToolCall]) -> Substring {
    let isBehindCall = !calls.isEmpty || !found.isEmpty
    return isBehindCall && text.allSatisfy(\.isWhitespace) ? "" : text
  }

  /// What is left at the end: a call whose end is missing counts if it is whole.
  mutating func finish() -> (text: String, calls: [ToolCall]) {
    guard isActive, !held.isEmpty || isInside else { return ("", []) }
    defer { held = "" }
    if isInside, let call = parse(held[...]) {
      calls.append(call)
      return ("", [call])
    }
    let text = isInside ? ToolTalk.opening + held : held
    return (!calls.isEmpty && text.allSatisfy(\.isWhitespace) ? "" : text, [])
  }

  private func parse(_ text: Substring) -> ToolCall? {
    guard case .object(let object)? = try? JSONParser.parse(Array(text.utf8)),
      case .string(let name)? = object["name"]
    else { return nil }
    let arguments = object["arguments"] ?? .object(JSONObject())
    return ToolCall(id: makeID(), name: name, arguments: arguments.written.line)
  }

  /// Characters at the end of a text that begin another one.
  private static func beginning(of word: String, at text: String) -> Int {
    for count in stride(from: min(word.count - 1, text.count), to: 0, by: -1)
    where word.hasPrefix(text.suffix(count)) { return count }
    return 0
  }
}

extension ToolCall {
  /// The arguments as JSON, not as its text.
  var argumentsJSON: Figures.JSON {
    (try? JSONParser.parse(Array(arguments.utf8)))?.written ?? .object([])
  }
}
