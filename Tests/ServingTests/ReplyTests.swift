import Espalier
import Foundation
import Figures
import JSONReading
import TestSupport
import Testing

@testable import Serving

/// Replies as clients hear them: the pieces of a stream say what the whole says.
@Suite(.endsWithin(minutes: 1)) struct ReplyTests {
  private let folder: TemporaryFolder
  private let served: ServedModel
  private let service: Service

  init() throws {
    folder = try TemporaryFolder()
    let model = try Model(contentsOf: try TinyContext.write(TinyContext.dialogueContents, in: folder))
    served = ServedModel(model, name: "tiny", created: 7, maxAnswers: 4)
    service = try Service(model)
  }

  /// All events of a request.
  private func events(_ asked: Asked) throws -> [Service.Event] {
    let events = Locked<[Service.Event]>([])
    let isOver = Locked(false)
    _ = try service.submit(asked.request) { event in
      events.withLock { $0.append(event) }
      switch event {
      case .report, .failure: isOver.withLock { $0 = true }
      default: break
      }
    }
    while !isOver.withLock({ $0 }) { usleep(500) }
    return events.withLock { $0 }
  }

  private func ask(_ json: String, _ interface: Interface) throws -> Asked {
    try interface.ask(Array(json.utf8), point: nil, id: "i", of: served, defaults: AnswerOptions())
  }

  private func reply(
    _ json: String, _ interface: Interface
  ) throws -> (pieces: [JSONReading.JSON], whole: JSONReading.JSON) {
    var asked = try ask(json, interface)
    let events = try events(asked)
    let pieces = events.flatMap { asked.reply.take($0) }.flatMap { $0.split(separator: "\n") }
      .filter { $0.hasPrefix("data: ") || $0.hasPrefix("{") }
      .map { $0.hasPrefix("data: ") ? $0.dropFirst(6) : $0 }
    return (
      try pieces.map { try JSONParser.parse(Array($0.utf8)) },
      try JSONParser.parse(Array(asked.reply.whole.line.utf8))
    )
  }

  private static let options = #""max_tokens": 20, "temperature": 2, "logit_bias": {"256": -100}"#

  @Test func `chunks of a chat join to the whole, for each answer`() throws {
    let messages =
      #""messages": [{"role": "user", "content": "hi"}], "n": 2, "logprobs": true, "top_logprobs": 2"#
    let (chunks, _) = try reply(
      #"{\#(messages), \#(Self.options), "stream": true, "stream_options": {"include_usage": true}}"#,
      .chatCompletions)
    let (none, whole) = try reply(#"{\#(messages), \#(Self.options)}"#, .chatCompletions)
    #expect(none.isEmpty)
    for index in 0..<2 {
      let own = chunks.filter { $0["choices", 0, "index"]?.integer == index }
      let text = own.compactMap { $0["choices", 0, "delta", "content"]?.string }.joined()
      #expect(text == whole["choices", index, "message", "content"]?.string)
      #expect(own.first?["choices", 0, "delta", "role"]?.string == "assistant")
      #expect(own.last?["choices", 0, "finish_reason"]?.string == "length")
      #expect(own.dropLast().allSatisfy { $0["choices", 0, "finish_reason"]?.isNull == true })
      #expect(whole["choices", index, "logprobs", "content"]?.count == 20)
      #expect(own.count { $0["choices", 0, "logprobs", "content", 0, "logprob"] != nil } == 20)
    }
    #expect(chunks.last?["usage", "completion_tokens"]?.integer == 40 && chunks.last?["choices"]?.count == 0)
    #expect(chunks.dropLast().allSatisfy { $0["usage"]?.isNull == true })
    #expect(whole["usage", "completion_tokens"]?.integer == 40 && whole["model"]?.string == "tiny@dense")
    #expect(whole["timings", "first_token_ms"] != nil && whole["espalier", "point"]?.string == "dense")
  }

  @Test func `events of a response join to the whole`() throws {
    let body = #""input": "hi", "max_output_tokens": 20, "temperature": 2, "logit_bias": {"256": -100}"#
    let (events, _) = try reply(#"{\#(body), "stream": true}"#, .responses)
    let (_, whole) = try reply(#"{\#(body)}"#, .responses)
    let types = events.compactMap { $0["type"]?.string }
    #expect(
      types.prefix(4) == [
        "response.created", "response.in_progress", "response.output_item.added",
        "response.content_part.added",
      ])
    #expect(
      types.suffix(4) == [
        "response.output_text.done", "response.content_part.done", "response.output_item.done",
        "response.incomplete",
      ])
    #expect(events.compactMap { $0["sequence_number"]?.integer } == Array(events.indices))
    let text = events.filter { $0["type"]?.string == "response.output_text.delta" }.compactMap {
      $0["delta"]?.string
    }
    #expect(text.joined() == whole["output", 0, "content", 0, "text"]?.string)
    #expect(events.last?["response", "output", 0, "content", 0, "text"]?.string == text.joined())
    #expect(whole["status"]?.string == "incomplete" && whole["usage", "output_tokens"]?.integer == 20)
  }

  @Test func `lines of Ollama's chat join to the whole`() throws {
    let body =
      #""model": "tiny", "messages": [{"role": "user", "content": "hi"}], "options": {"num_predict": 20, "temperature": 2, "logit_bias": {"256": -100}}"#
    let (lines, _) = try reply(#"{\#(body)}"#, .ollamaChat)
    let (none, whole) = try reply(#"{\#(body), "stream": false}"#, .ollamaChat)
    #expect(none.isEmpty && lines.dropLast().allSatisfy { $0["done"]?.bool == false })
    #expect(
      lines.compactMap { $0["message", "content"]?.string }.joined() == whole["message", "content"]?.string)
    #expect(lines.last?["done_reason"]?.string == "length" && whole["eval_count"]?.integer == 20)
  }

  @Test func `metrics are lines of names, labels and numbers`() throws {
    let text = MetricsText(service.figures, replies: [200: 3, 429: 1], residentBytes: 5, version: "1").text
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      #expect(line.wholeMatch(of: /[a-z_]+(\{[a-z]+="[^"]*"\})? -?[0-9.e+]+/) != nil, "\(line)")
    }
    #expect(text.contains("espalier_http_replies_total{status=\"429\"} 1\n"))
  }
}

extension JSONReading.JSON {
  /// A value by names and numbers on the way to it.
  fileprivate subscript(path: any Step...) -> JSONReading.JSON? {
    path.reduce(Optional(self)) { value, step in
      switch (value, step) {
      case (.object(let object)?, let name as String): object[name]
      case (.array(let values)?, let index as Int): values.indices.contains(index) ? values[index] : nil
      default: nil
      }
    }
  }

  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  fileprivate var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  fileprivate var count: Int? { if case .array(let values) = self { values.count } else { nil } }
}

private protocol Step {}
extension String: Step {}
extension Int: Step {}
