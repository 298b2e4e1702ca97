import Espalier
import Figures

/// Puts the answers of a request together in the form of chat completions: as one object, or chunk after chunk.
struct ChatReply: Reply {
  private let id: String
  private let served: ServedModel
  private let chat: ChatRequest
  private var choices: [Choice]
  private var usage: Figures.JSON?
  private var figures: [(key: String, value: Figures.JSON)] = []

  /// One answer so far.
  private struct Choice: Sendable {
    var text = ""
    var calls: ToolCallReader
    var chances: [Figures.JSON] = []
    var reason: String?
    var hasBegun = false
  }

  /// A reply to a request; `id` tells it from others.
  init(to chat: ChatRequest, id: String, from served: ServedModel) {
    (self.id, self.served, self.chat) = (id, served, chat)
    choices = (0..<chat.request.answers).map { answer in
      let counter = CallCounter(prefix: "call_\(id)_\(answer)_")
      return Choice(calls: ToolCallReader(isActive: chat.readsCalls) { counter.next() })
    }
  }

  let streamType = "text/event-stream"
  let ending = "data: [DONE]\n\n"
  func failure(_ error: RequestError) -> String { error.json.event() }

  mutating func take(_ event: Service.Event) -> [String] {
    let chunks = chunks(event)
    return chat.isStreamed ? chunks.map { $0.event() } : []
  }

  private mutating func chunks(_ event: Service.Event) -> [Figures.JSON] {
    switch event {
    case .token(let answer, let token): return take(token, of: answer)
    case .end(let answer, let reason): return end(answer, reason)
    case .report(let report):
      usage = report.usage
      figures = report.figures
      let last = chunk(choices: [], usage: chat.includesUsage ? usage : nil, figures: figures)
      return chat.includesUsage || chat.request.showsPatches ? [last] : []
    case .failure: return []
    }
  }

  private mutating func take(_ token: Service.Token, of answer: Int) -> [Figures.JSON] {
    let (text, calls) = choices[answer].calls.append(token.text)
    choices[answer].text += text
    let chances = token.chances.map { served.json(of: $0) }
    if let chances { choices[answer].chances.append(chances) }
    return deltas(answer, text, calls, chances)
  }

  private mutating func end(_ answer: Int, _ reason: Answer.FinishReason) -> [Figures.JSON] {
    let (text, calls) = choices[answer].calls.finish()
    choices[answer].text += text
    let word = choices[answer].calls.calls.isEmpty ? reason.word : "tool_calls"
    choices[answer].reason = word
    let last = chunk(choices: [
      .object([
        "index": .integer(answer), "delta": .object([]), "logprobs": .null, "finish_reason": .string(word),
      ])
    ])
    return deltas(answer, text, calls, nil) + [last]
  }

  private mutating func deltas(
    _ answer: Int, _ text: String, _ calls: [ToolCall], _ chances: Figures.JSON?
  ) -> [Figures.JSON] {
    guard chat.isStreamed else { return [] }
    var deltas: [[(key: String, value: Figures.JSON)]] = []
    if !choices[answer].hasBegun {
      choices[answer].hasBegun = true
      deltas.append([("role", .string("assistant")), ("content", .string(""))])
    }
    if !text.isEmpty || chances != nil { deltas.append([("content", .string(text))]) }
    let before = choices[answer].calls.calls.count - calls.count
    for (index, call) in calls.enumerated() {
      guard case .object(let members) = call.json else { continue }
      deltas.append([
        ("tool_calls", .array([.object([("index", .integer(before + index))] + members)]))
      ])
    }
    return deltas.map { delta in
      let hasText = delta.contains { $0.key == "content" } && !delta.contains { $0.key == "role" }
      return chunk(choices: [
        .object([
          "index": .integer(answer), "delta": .object(delta),
          "logprobs": hasText ? chances.map { .object(["content": .array([$0])]) } ?? .null : .null,
          "finish_reason": .null,
        ])
      ])
    }
  }

  private var head: [(key: String, value: Figures.JSON)] {
    [
      ("id", .string("chatcmpl-\(id)")),
      ("object", .string(chat.isStreamed ? "chat.completion.chunk" : "chat.completion")),
      ("created", .integer(served.now())),
      ("model", .string("\(served.name)@\(chat.request.point)")),
      ("system_fingerprint", .string(served.fingerprint)),
    ]
  }

  private func chunk(
    choices: [Figures.JSON], usage: Figures.JSON? = nil, figures: [(key: String, value: Figures.JSON)] = []
  ) -> Figures.JSON {
    var members = head + [("choices", .array(choices))]
    // Where usage was asked for, every chunk but the last has it as null.
    if chat.includesUsage { members.append(("usage", usage ?? .null)) }
    return .object(members + figures)
  }

  var whole: Figures.JSON {
    let list = choices.enumerated().map { index, choice -> Figures.JSON in
      var message: [(key: String, value: Figures.JSON)] = [
        ("role", .string("assistant")),
        ("content", choice.text.isEmpty && !choice.calls.calls.isEmpty ? .null : .string(choice.text)),
        ("refusal", .null),
      ]
      if !choice.calls.calls.isEmpty {
        message.append(("tool_calls", .array(choice.calls.calls.map(\.json))))
      }
      return .object([
        "index": .integer(index), "message": .object(message),
        "logprobs": chat.tellsChances
          ? .object(["content": .array(choice.chances), "refusal": .null]) : .null,
        "finish_reason": .string(choice.reason ?? "stop"),
      ])
    }
    return .object(head + [("choices", .array(list)), ("usage", usage ?? .null)] + figures)
  }
}
