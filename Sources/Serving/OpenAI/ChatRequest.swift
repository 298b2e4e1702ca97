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
    let tools = try ToolRequest(&fields, isNested: true)
    readsCalls = tools.isUsed
    form = try tools.form(beside: form, field: "response_format")

    request = Service.Request(try Message.prompt(messages, tools: tools.instructions), at: point)
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
