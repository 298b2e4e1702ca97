import JSONReading

/// The tools of a request, and which of them the model may or has to use.
struct ToolRequest {
  let tools: [Tool]
  let choice: ToolChoice
  let allowsSeveral: Bool

  /// Tools that the model may use as it likes: `tools` alone.
  init(listedIn fields: inout Fields, isNested: Bool) throws(RequestError) {
    var tools: [Tool] = []
    let path = fields.path("tools")
    for (index, json) in (try fields.array("tools") ?? []).enumerated() {
      tools.append(try Tool(json, at: "\(path)[\(index)]", isNested: isNested))
    }
    guard tools.count <= 128 else { throw .invalid(path, "has more than 128 tools") }
    guard Set(tools.map(\.name)).count == tools.count else { throw .invalid(path, "has two of one name") }
    (self.tools, choice, allowsSeveral) = (tools, .auto, true)
  }

  /// Reads `tools`, `tool_choice` and `parallel_tool_calls`.
  init(_ fields: inout Fields, isNested: Bool) throws(RequestError) {
    tools = try ToolRequest(listedIn: &fields, isNested: isNested).tools
    allowsSeveral = try fields.bool("parallel_tool_calls") ?? true
    choice =
      try fields.value("tool_choice").map { [tools] json throws(RequestError) in
        try ToolChoice(json, of: tools, isNested: isNested)
      } ?? .auto
    if choice == .required, tools.isEmpty { throw .invalid("tool_choice", "needs tools") }
  }

  /// Whether the model may use any.
  var isUsed: Bool { !tools.isEmpty && choice != .none }

  /// What the system prompt says of them, where the model may use any.
  var instructions: String? { isUsed ? ToolTalk.instructions(tools, choice) : nil }

  /// The form of an answer that may have calls, which excludes any other; `field` is where that would be asked for.
  func form(beside other: OutputForm, field: String) throws(RequestError) -> OutputForm {
    guard isUsed else { return other }
    guard case .free = other else { throw .unsupported("tools", "is not supported together with \(field)") }
    var callable = tools
    if case .named(let name) = choice { callable = tools.filter { $0.name == name } }
    return .tools(callable, isRequired: choice != .auto, allowsSeveral: allowsSeveral)
  }
}
