import Espalier
import Figures
import JSONReading

/// A request for responses.
struct ResponsesRequest: Sendable {
  var request: Service.Request
  var isStreamed = false
  /// Whether the answer may have calls of tools.
  var readsCalls = false
  /// What the reply repeats of the request.
  private(set) var echo: [(key: String, value: Figures.JSON)] = []

  init(
    _ body: [UInt8], header: String?, for served: ServedModel, defaults: AnswerOptions
  ) throws(RequestError) {
    var fields = try Fields.document(body)
    let point = try served.point(
      model: fields.string("model"), header: header,
      within: fields.number("max_first_token_ms", in: 0...1e9))
    var reader = ChatMessages(served.pictures)
    var messages = try Self.input(&fields, &reader)
    let instructions = try fields.string("instructions")
    if let instructions {
      messages.insert(
        Message(role: .system, parts: [.text(instructions)], field: "instructions"), at: 0)
    }
    var form = OutputForm.free
    var format = Figures.JSON.object(["type": .string("text")])
    if var text = try fields.fields("text") {
      if let json = text.value("format") {
        form = try OutputForm(json, at: "text.format")
        format = json.written
      }
      text.skip("verbosity")
      try text.end()
    }
    let tools = try ToolRequest(&fields, isNested: false)
    readsCalls = tools.isUsed
    form = try tools.form(beside: form, field: "text.format")
    request = Service.Request(try Message.prompt(messages, tools: tools.instructions), at: point)
    request.options = defaults
    try fields.sampling(&request.options)
    let limit = try fields.integer("max_output_tokens", in: 1...Int.max)
    if let limit { request.options.maxTokens = limit }
    try request.constrain(form, by: served.grammars, field: readsCalls ? "tools" : "text.format")
    isStreamed = try fields.bool("stream") ?? false
    try Self.skipHarmless(&fields)
    try fields.end()
    echo = [
      ("instructions", instructions.map { .string($0) } ?? .null),
      ("max_output_tokens", limit.map { .integer($0) } ?? .null),
      ("temperature", .number(request.options.temperature)), ("top_p", .number(request.options.topP)),
      ("parallel_tool_calls", .bool(tools.allowsSeveral)),
      ("tools", fields.value("tools")?.written ?? .array([])),
      ("tool_choice", fields.value("tool_choice")?.written ?? .string("auto")),
      ("text", .object(["format": format])),
    ]
  }

  private static func skipHarmless(_ fields: inout Fields) throws(RequestError) {
    fields.skip("user", "metadata", "safety_identifier", "prompt_cache_key", "service_tier", "stream_options")
    if try fields.bool("store") == true { throw .unsupported("store", "is true; nothing is stored here") }
    if try fields.bool("background") == true { throw .unsupported("background") }
    if let word = try fields.string("truncation"), word != "disabled" {
      throw .unsupported("truncation", "is '\(word.prefix(32))'; prompts are never cut")
    }
    if let include = try fields.array("include"), !include.isEmpty { throw .unsupported("include") }
  }

  /// The messages of `input`: a text, or a list of messages, calls and what came of them.
  private static func input(
    _ fields: inout Fields, _ reader: inout ChatMessages
  ) throws(RequestError) -> [Message] {
    guard let input = fields.value("input") else { throw .missing("input") }
    if case .string(let text) = input { return [Message(role: .user, parts: [.text(text)], field: "input")] }
    guard case .array(let items) = input else {
      throw RequestError(400, "'input' is neither text nor a list", field: "input", code: "invalid_type")
    }
    var list: [JSONReading.JSON] = []
    for (index, item) in items.enumerated() { list.append(try chatMessage(item, at: "input[\(index)]")) }
    return try reader.read(list, at: "input")
  }

  /// An item as the message of chat completions that says the same.
  private static func chatMessage(
    _ item: JSONReading.JSON, at path: String
  ) throws(RequestError) -> JSONReading.JSON {
    var fields = try Fields(item, at: path)
    func object(_ members: [(String, JSONReading.JSON)]) -> JSONReading.JSON {
      .object(JSONObject(members.map { (name: $0.0, value: $0.1) }))
    }
    switch try fields.string("type") ?? "message" {
    case "message":
      let role = try fields.required("role", fields.string("role"))
      let content = try fields.required("content", fields.value("content"))
      fields.skip("id", "status")
      try fields.end()
      return object([("role", .string(role)), ("content", content)])
    case "function_call":
      let name = try fields.required("name", fields.string("name"))
      let arguments = try fields.required("arguments", fields.string("arguments"))
      fields.skip("id", "call_id", "status")
      try fields.end()
      let function = object([("name", .string(name)), ("arguments", .string(arguments))])
      return object([
        ("role", .string("assistant")), ("tool_calls", .array([object([("function", function)])])),
      ])
    case "function_call_output":
      let output = try fields.required("output", fields.value("output"))
      fields.skip("id", "call_id", "status")
      try fields.end()
      return object([("role", .string("tool")), ("content", output)])
    case let type: throw .unsupported("\(path).type", "is '\(type.prefix(32))'")
    }
  }
}
