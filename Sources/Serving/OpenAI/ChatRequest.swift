import Espalier
import JSONReading

/// A request for chat completions.
struct ChatRequest: Sendable {
  /// What the service is asked.
  var request: Service.Request
  /// Whether the answer is sent as it grows.
  var isStreamed = false
  /// Whether the last chunk of a stream has the figures.
  var includesUsage = false
  /// Whether chances of tokens are told.
  var tellsChances = false
  /// Whether the answer may have calls of tools.
  var readsCalls = false

  /// Reads the body of a request. `header` names an operating point.
  init(
    _ body: [UInt8], header: String? = nil, for served: ServedModel, defaults: AnswerOptions
  ) throws(RequestError) {
    var fields = try Fields.document(body)
    let name = try fields.string("model")
    let point = try served.point(
      model: name, header: header,
      within: fields.number("max_first_token_ms", in: 0...1e9))
    var reader = ChatMessages(served.pictures)
    let messages = try reader.read(try fields.required("messages", fields.array("messages")), at: "messages")

    var form =
      try fields.value("response_format").map { json throws(RequestError) in
        try OutputForm(json, at: "response_format")
      } ?? .free
    if let grammar = try fields.string("grammar") {
      guard case .free = form else { throw .invalid("grammar", "excludes response_format") }
      form = .grammar(grammar)
    }
    let (tools, choice, several) = try Self.tools(&fields)
    var instructions: String?
    if !tools.isEmpty, choice != .none {
      guard case .free = form else {
        throw .unsupported("tools", "is not supported together with response_format")
      }
      instructions = ToolTalk.instructions(tools, choice)
      var callable = tools
      if case .named(let name) = choice { callable = tools.filter { $0.name == name } }
      form = .tools(callable, isRequired: choice != .auto, allowsSeveral: several)
      readsCalls = true
    }

    request = Service.Request(try Message.prompt(messages, tools: instructions), at: point)
    request.options = defaults
    try fields.sampling(&request.options)
    try Self.limits(&fields, &request.options)
    if let count = try fields.integer("n", in: 1...max(1, served.maxAnswers)) { request.answers = count }
    try request.constrain(
      form, by: served.grammars,
      field: readsCalls ? "tools" : fields.names.contains("grammar") ? "grammar" : "response_format")
    request.showsPatches = try fields.bool("return_kept_patches") ?? false

    tellsChances = try fields.bool("logprobs") ?? false
    let likeliest = try fields.integer("top_logprobs", in: 0...20)
    if likeliest != nil, !tellsChances { throw .invalid("top_logprobs", "needs logprobs to be true") }
    if tellsChances { request.options.likeliest = likeliest ?? 0 }

    isStreamed = try fields.bool("stream") ?? false
    if var stream = try fields.fields("stream_options") {
      guard isStreamed else { throw .invalid("stream_options", "needs stream to be true") }
      includesUsage = try stream.bool("include_usage") ?? false
      stream.skip("include_obfuscation")
      try stream.end()
    }
    try Self.skipHarmless(&fields)
    try fields.end()
  }

  private static func limits(
    _ fields: inout Fields, _ options: inout AnswerOptions
  ) throws(RequestError) {
    let old = try fields.integer("max_tokens", in: 1...Int.max)
    let new = try fields.integer("max_completion_tokens", in: 1...Int.max)
    if let old, let new, old != new { throw .invalid("max_tokens", "differs from max_completion_tokens") }
    if let limit = new ?? old { options.maxTokens = limit }
  }

  private static func tools(
    _ fields: inout Fields
  ) throws(RequestError) -> ([Tool], ToolChoice, Bool) {
    var tools: [Tool] = []
    for (index, json) in (try fields.array("tools") ?? []).enumerated() {
      tools.append(try Tool(json, at: "tools[\(index)]", isNested: true))
    }
    guard tools.count <= 128 else { throw .invalid("tools", "has more than 128 tools") }
    guard Set(tools.map(\.name)).count == tools.count else { throw .invalid("tools", "has two of one name") }
    let several = try fields.bool("parallel_tool_calls") ?? true
    let choice = try fields.value("tool_choice").map { json throws(RequestError) in
      try ToolChoice(json, of: tools, isNested: true)
    }
    if choice == .required, tools.isEmpty { throw .invalid("tool_choice", "needs tools") }
    return (tools, choice ?? .auto, several)
  }

  /// Members that change nothing about the answer, and those whose only value here is what happens anyway.
  private static func skipHarmless(_ fields: inout Fields) throws(RequestError) {
    fields.skip("user", "metadata", "safety_identifier", "prompt_cache_key", "service_tier")
    if try fields.bool("store") == true { throw .unsupported("store", "is true; nothing is stored here") }
    if let modalities = try fields.array("modalities") {
      for modality in modalities {
        guard case .string("text") = modality else {
          throw .unsupported("modalities", "has something else than text")
        }
      }
    }
  }
}

extension ToolChoice {
  /// Reads `tool_choice`.
  init(_ json: JSONReading.JSON, of tools: [Tool], isNested: Bool) throws(RequestError) {
    if case .string(let word) = json {
      switch word {
      case "none": self = .none
      case "auto": self = .auto
      case "required": self = .required
      default:
        throw .invalid(
          "tool_choice", "is '\(word.prefix(32))'; there are none, auto, required and a function")
      }
      return
    }
    var fields = try Fields(json, at: "tool_choice")
    let type = try fields.required("type", fields.string("type"))
    guard type == "function" else { throw .unsupported("tool_choice.type", "is '\(type.prefix(32))'") }
    var holder = fields
    if isNested {
      guard let function = try fields.fields("function") else { throw try missing("tool_choice.function") }
      try fields.end()
      holder = function
    }
    let name = try holder.required("name", holder.string("name"))
    try holder.end()
    guard tools.contains(where: { $0.name == name }) else {
      throw .invalid("tool_choice", "names the function '\(name.prefix(64))', which is none of the tools")
    }
    self = .named(name)
  }
}
