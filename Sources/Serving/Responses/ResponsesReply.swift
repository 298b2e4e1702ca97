import Espalier
import Figures

/// The reply to a request for responses: one message, then the calls of tools.
struct ResponsesReply: Reply {
  private let id: String
  private let served: ServedModel
  private let asked: ResponsesRequest
  private var text = ""
  private var calls: ToolCallReader
  private var reason = Answer.FinishReason.stop
  private var report: Service.Report?
  private var sequence = 0
  private var hasBegun = false
  private var hasMessage = false

  let streamType = "text/event-stream"
  let ending = ""

  init(to asked: ResponsesRequest, id: String, from served: ServedModel) {
    (self.id, self.served, self.asked) = (id, served, asked)
    let counter = CallCounter(prefix: "call_\(id)_")
    calls = ToolCallReader(isActive: asked.readsCalls) { counter.next() }
  }

  private var messageID: String { "msg_\(id)" }

  mutating func take(_ event: Service.Event) -> [String] {
    var events: [String] = []
    if asked.isStreamed, !hasBegun {
      hasBegun = true
      events.append(send("response.created", [("response", response(status: "in_progress"))]))
      events.append(send("response.in_progress", [("response", response(status: "in_progress"))]))
    }
    switch event {
    case .token(_, let token):
      let (piece, _) = calls.append(token.text)
      text += piece
      if asked.isStreamed, !piece.isEmpty { events += delta(piece) }
    case .end(_, let reason):
      let (piece, _) = calls.finish()
      text += piece
      self.reason = reason
      if asked.isStreamed, !piece.isEmpty { events += delta(piece) }
    case .report(let report):
      self.report = report
      if asked.isStreamed { events += ends() }
    case .failure: break
    }
    return events
  }

  func failure(_ error: RequestError) -> String {
    Figures.JSON.object([
      "type": .string("error"), "code": error.code.map { .string($0) } ?? .null,
      "message": .string(error.message), "param": error.field.map { .string($0) } ?? .null,
      "sequence_number": .integer(sequence),
    ]).event(named: "error")
  }

  private mutating func delta(_ piece: String) -> [String] {
    var events: [String] = []
    if !hasMessage {
      hasMessage = true
      events.append(
        send(
          "response.output_item.added", [("output_index", .integer(0)), ("item", message(isWhole: false))]))
      events.append(send("response.content_part.added", place + [("part", part(""))]))
    }
    events.append(
      send("response.output_text.delta", place + [("delta", .string(piece)), ("logprobs", .array([]))]))
    return events
  }

  private mutating func ends() -> [String] {
    var events: [String] = []
    if !hasMessage, calls.calls.isEmpty { events += delta("") }
    if hasMessage {
      events.append(
        send("response.output_text.done", place + [("text", .string(text)), ("logprobs", .array([]))]))
      events.append(send("response.content_part.done", place + [("part", part(text))]))
      events.append(
        send("response.output_item.done", [("output_index", .integer(0)), ("item", message(isWhole: true))]))
    }
    for (index, call) in calls.calls.enumerated() {
      let place: [(key: String, value: Figures.JSON)] = [
        ("output_index", .integer(index + (hasMessage ? 1 : 0)))
      ]
      events.append(send("response.output_item.added", place + [("item", item(call))]))
      events.append(
        send(
          "response.function_call_arguments.done",
          place + [("item_id", .string("fc_\(call.id)")), ("arguments", .string(call.arguments))]))
      events.append(send("response.output_item.done", place + [("item", item(call))]))
    }
    let name = reason == .stop ? "response.completed" : "response.incomplete"
    events.append(send(name, [("response", whole)]))
    return events
  }

  private mutating func send(_ type: String, _ members: [(key: String, value: Figures.JSON)]) -> String {
    defer { sequence += 1 }
    return Figures.JSON.object(
      [("type", .string(type)), ("sequence_number", .integer(sequence))] + members
    ).event(named: type)
  }

  private var place: [(key: String, value: Figures.JSON)] {
    [("item_id", .string(messageID)), ("output_index", .integer(0)), ("content_index", .integer(0))]
  }

  private func part(_ text: String) -> Figures.JSON {
    .object([
      "type": .string("output_text"), "text": .string(text), "annotations": .array([]),
      "logprobs": .array([]),
    ])
  }

  private func message(isWhole: Bool) -> Figures.JSON {
    .object([
      "type": .string("message"), "id": .string(messageID),
      "status": .string(isWhole ? (reason == .stop ? "completed" : "incomplete") : "in_progress"),
      "role": .string("assistant"), "content": .array(isWhole ? [part(text)] : []),
    ])
  }

  private func item(_ call: ToolCall) -> Figures.JSON {
    .object([
      "type": .string("function_call"), "id": .string("fc_\(call.id)"), "call_id": .string(call.id),
      "name": .string(call.name), "arguments": .string(call.arguments), "status": .string("completed"),
    ])
  }

  var whole: Figures.JSON { response(status: reason == .stop ? "completed" : "incomplete") }

  private func response(status: String) -> Figures.JSON {
    let isOver = status != "in_progress"
    var output: [Figures.JSON] = []
    if isOver {
      if !text.isEmpty || calls.calls.isEmpty { output.append(message(isWhole: true)) }
      output += calls.calls.map(item)
    }
    let usage = report.map { report in
      Figures.JSON.object([
        "input_tokens": .integer(report.promptTokens),
        "input_tokens_details": .object(["cached_tokens": .integer(report.knownTokens)]),
        "output_tokens": .integer(report.answerTokens),
        "output_tokens_details": .object(["reasoning_tokens": .integer(0)]),
        "total_tokens": .integer(report.promptTokens + report.answerTokens),
      ])
    }
    let details: Figures.JSON =
      status == "incomplete" ? .object(["reason": .string("max_output_tokens")]) : .null
    let members: [(String, Figures.JSON)] = [
      ("id", .string("resp_\(id)")), ("object", .string("response")),
      ("created_at", .integer(served.now())), ("status", .string(status)), ("error", .null),
      ("incomplete_details", details), ("model", .string("\(served.name)@\(asked.request.point)")),
      ("output", .array(output)), ("previous_response_id", .null), ("store", .bool(false)),
      ("metadata", .object([])), ("usage", usage ?? .null),
    ]
    return .object(members + asked.echo + (report?.figures ?? []))
  }
}
