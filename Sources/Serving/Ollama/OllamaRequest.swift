import Espalier
import JSONReading

/// A request by Ollama's interface: a chat, or a prompt to be answered.
struct OllamaRequest: Sendable {
  var request: Service.Request
  var isStreamed = true
  let isChat: Bool
  /// Whether the answer may have calls of tools.
  var readsCalls = false

  init(
    _ body: [UInt8], isChat: Bool, header: String?, for served: ServedModel, defaults: AnswerOptions
  ) throws(RequestError) {
    self.isChat = isChat
    var fields = try Fields.document(body)
    let name = try fields.required("model", fields.string("model"))
    let point = try served.point(
      model: name, header: header, within: fields.number("max_first_token_ms", in: 0...1e9))
    var form = OutputForm.free
    switch fields.value("format") {
    case nil, .string("")?: break
    case .string("json")?: form = .jsonObject
    case .object(let schema)?: form = .schema(.object(schema))
    default: throw .invalid("format", "is neither 'json' nor a schema")
    }
    let tools = try ToolRequest(listedIn: &fields, isNested: true)
    readsCalls = tools.isUsed
    form = try tools.form(beside: form, field: "format")
    let messages = try isChat ? Self.messages(&fields, served) : Self.prompt(&fields, served)
    request = Service.Request(try Message.prompt(messages, tools: tools.instructions), at: point)
    request.options = defaults
    if var options = try fields.fields("options") { try Self.read(&options, &request.options) }
    try request.constrain(form, by: served.grammars, field: readsCalls ? "tools" : "format")
    isStreamed = try fields.bool("stream") ?? true
    fields.skip("keep_alive")
    if try fields.bool("think") == true { throw .unsupported("think") }
    if try fields.bool("raw") == true {
      throw .unsupported("raw", "is true; prompts take the plan's template")
    }
    try fields.end()
  }

  private static func messages(
    _ fields: inout Fields, _ served: ServedModel
  ) throws(RequestError) -> [Message] {
    let list = try fields.required("messages", fields.array("messages"))
    guard !list.isEmpty else { throw .invalid("messages", "is empty") }
    var images = 0
    var messages: [Message] = []
    for (index, json) in list.enumerated() {
      var message = try Fields(json, at: "messages[\(index)]")
      let role = try message.required("role", message.string("role"))
      var text = try message.string("content") ?? ""
      let pictures = try Self.images(&message, served, &images)
      message.skip("thinking", "tool_name")
      for (number, json) in (try message.array("tool_calls") ?? []).enumerated() {
        var call = try Fields(json, at: "\(message.path).tool_calls[\(number)]")
        call.skip("id", "type")
        guard var function = try call.fields("function") else { throw .missing(call.path("function")) }
        function.skip("index")
        let name = try function.required("name", function.string("name"))
        let arguments = function.value("arguments") ?? .object(JSONObject())
        text += (text.isEmpty ? "" : "\n") + ToolTalk.call(name: name, arguments: arguments.written)
        try function.end()
        try call.end()
      }
      try message.end()
      guard pictures.isEmpty || role == "user" else {
        throw .unsupported(message.path("images"), "is there in a message of '\(role.prefix(32))'")
      }
      let parts = pictures + (text.isEmpty ? [] : [.text(text)])
      guard !parts.isEmpty else { throw .invalid(message.path, "says nothing") }
      switch role {
      case "system": messages.append(Message(role: .system, parts: parts, field: message.path))
      case "user": messages.append(Message(role: .user, parts: parts, field: message.path))
      case "assistant": messages.append(Message(role: .assistant, parts: parts, field: message.path))
      case "tool":
        messages.append(
          Message(role: .user, parts: [.text(ToolTalk.response(text))], field: message.path))
      default: throw .unsupported(message.path("role"), "is '\(role.prefix(32))'")
      }
    }
    return messages
  }

  private static func prompt(
    _ fields: inout Fields, _ served: ServedModel
  ) throws(RequestError) -> [Message] {
    var images = 0
    let pictures = try Self.images(&fields, served, &images)
    let prompt = try fields.string("prompt") ?? ""
    var messages: [Message] = []
    if let system = try fields.string("system"), !system.isEmpty {
      messages.append(Message(role: .system, parts: [.text(system)], field: "system"))
    }
    let parts = pictures + (prompt.isEmpty ? [] : [.text(prompt)])
    guard !parts.isEmpty else { throw .invalid("prompt", "is empty") }
    return messages + [Message(role: .user, parts: parts, field: "prompt")]
  }

  private static func images(
    _ fields: inout Fields, _ served: ServedModel, _ count: inout Int
  ) throws(RequestError) -> [Service.Part] {
    var parts: [Service.Part] = []
    for (index, json) in (try fields.array("images") ?? []).enumerated() {
      let path = "\(fields.path("images"))[\(index)]"
      guard case .string(let text) = json else { throw .invalid(path, "is no text") }
      parts.append(.image(try served.pictures.image(base64: text, number: count, field: path)))
      count += 1
    }
    return parts
  }

  private static func read(
    _ fields: inout Fields, _ options: inout AnswerOptions
  ) throws(RequestError) {
    try fields.sampling(&options)
    // -1 and -2 are as many as there is room for.
    if let limit = try fields.integer("num_predict", in: -2...Int.max) {
      options.maxTokens = limit <= 0 ? Int.max : limit
    }
    // How the model is held is up to the server.
    fields.skip(
      "num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "num_keep", "numa", "use_mmap",
      "use_mlock",
      "low_vram")
    try fields.end()
  }
}
