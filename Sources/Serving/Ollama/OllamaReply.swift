import Espalier
import Figures
import FoundationEssentials

/// The reply to a request by Ollama's interface: a line a piece, and one with the figures at the end.
struct OllamaReply: Reply {
  private let served: ServedModel
  private let asked: OllamaRequest
  private var text = ""
  private var calls: ToolCallReader
  private var reason = Answer.FinishReason.stop
  private var report: Service.Report?

  let streamType = "application/x-ndjson"
  let ending = ""

  init(to asked: OllamaRequest, from served: ServedModel) {
    (self.served, self.asked) = (served, asked)
    let counter = CallCounter(prefix: "call_")
    calls = ToolCallReader(isActive: asked.readsCalls) { counter.next() }
  }

  mutating func take(_ event: Service.Event) -> [String] {
    switch event {
    case .token(_, let token): return pieces(calls.append(token.text))
    case .end(_, let reason):
      self.reason = reason
      return pieces(calls.finish())
    case .report(let report):
      self.report = report
      return asked.isStreamed ? [object(text: "", calls: [], isLast: true).line + "\n"] : []
    case .failure: return []
    }
  }

  private mutating func pieces(_ piece: (text: String, calls: [ToolCall])) -> [String] {
    text += piece.text
    guard asked.isStreamed, !piece.text.isEmpty || !piece.calls.isEmpty else { return [] }
    return [object(text: piece.text, calls: piece.calls, isLast: false).line + "\n"]
  }

  func failure(_ error: RequestError) -> String { error.ollamaJSON.line + "\n" }

  var whole: Figures.JSON { object(text: text, calls: calls.calls, isLast: true) }

  private func object(text: String, calls: [ToolCall], isLast: Bool) -> Figures.JSON {
    var members: [(key: String, value: Figures.JSON)] = [
      ("model", .string("\(served.name)@\(asked.request.point)")),
      ("created_at", .string(Date().formatted(.iso8601))),
    ]
    if asked.isChat {
      var message: [(key: String, value: Figures.JSON)] = [
        ("role", .string("assistant")), ("content", .string(text)),
      ]
      if !calls.isEmpty { message.append(("tool_calls", .array(calls.map(Self.json)))) }
      members.append(("message", .object(message)))
    } else {
      members.append(("response", .string(text)))
    }
    members.append(("done", .bool(isLast)))
    guard isLast, let report else { return .object(members) }
    func nanoseconds(_ seconds: Double) -> Figures.JSON { .integer(Int(max(0, min(seconds, 1e9)) * 1e9)) }
    members += [
      ("done_reason", .string(reason.word)),
      ("total_duration", nanoseconds(report.queue + report.firstToken + report.decode)),
      ("load_duration", .integer(0)), ("prompt_eval_count", .integer(report.promptTokens)),
      ("prompt_eval_duration", nanoseconds(report.firstToken)), ("eval_count", .integer(report.answerTokens)),
      ("eval_duration", nanoseconds(report.decode)),
    ]
    return .object(members + report.figures)
  }

  /// A call with its arguments as an object, not as text.
  private static func json(_ call: ToolCall) -> Figures.JSON {
    .object([
      "function": .object(["name": .string(call.name), "arguments": call.argumentsJSON])
    ])
  }
}
